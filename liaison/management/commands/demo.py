import os
import signal
import socket
import sys
import time
import urllib.error
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connections

from liaison import embedded
from liaison.environment import refuse
from liaison.management import interrupt
from liaison.processes import Processes, answers, beat, environment, web, worker


def free_port(host: str, written: str) -> int:
    if not written.isdigit() or not 0 < int(written) < 65536:
        refuse(f"PORT 应为 1 到 65535 的整数，现在是“{written}”。")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(written)))
    except PermissionError:
        refuse(f"没有权限使用端口 {written}，请换一个，例如：make demo PORT=8001")
    except OSError:
        refuse(f"端口 {written} 已被占用，请换一个，例如：make demo PORT=8001")
    return int(written)


def programs(host: str, port: int) -> dict[str, list[str]]:
    return {"web": web(host, port, "--access-log"), "worker": worker("INFO"), "beat": beat("INFO")}


class Command(BaseCommand):
    """The whole site on this machine, in the foreground: web server, worker, beat, demo data."""

    requires_system_checks = []

    def handle(self, *args, **options):
        began_at = time.monotonic()
        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGHUP, interrupt)
        host = os.environ.get("HOST", "127.0.0.1")
        port = free_port(host, os.environ.get("PORT", "8000"))
        processes = Processes()
        try:
            self.prepare()
            known = environment(embedded.start().database_url if settings.EMBEDDED else "")
            for name, command in programs(host, port).items():
                if name == "beat":  # it can wait, and the visitor cannot: starting costs a core
                    self.await_answer(f"http://127.0.0.1:{port}/login/", processes)
                processes.start(name, command, known)
            self.welcome(f"http://127.0.0.1:{port}/", time.monotonic() - began_at)
            refuse(f"{processes.wait()} 意外结束，其余程序也已停止。")
        except KeyboardInterrupt:
            print("\n正在停止……", flush=True)
        except PermissionError as problem:
            refuse(f"没有写权限：{problem.filename}")
        finally:
            for impatience in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(impatience, signal.SIG_IGN)
            processes.stop()

    def prepare(self) -> None:
        collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
        sources = [f for folder in settings.STATICFILES_DIRS for f in Path(folder).rglob("*")]
        sources.append(Path(sys.prefix) / "installed-demo")
        newest = max((f.stat().st_mtime for f in sources if f.exists()), default=0)
        if not collected.exists() or collected.stat().st_mtime < newest:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", verbosity=1)
        is_new = not apps.get_model("liaison", "Organisation").objects.exists()
        if is_new and "load_demo" in get_commands():
            call_command("load_demo")
        connections.close_all()

    def await_answer(self, url: str, processes: Processes) -> None:
        for _ in range(300):
            if name := processes.ended():
                refuse(f"{name} 没有启动，原因见上面的日志。")
            try:
                if answers(url):
                    return
            except urllib.error.HTTPError as answer:
                refuse(f"网站回答了错误 {answer.code}，原因见上面的日志。")
            time.sleep(0.2)
        refuse("网站 60 秒内没有回答，原因见上面的日志。")

    def welcome(self, address: str, seconds: float) -> None:
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        print(f"\n演示站点已就绪（{seconds:.0f} 秒）：{address}\n")
        if accounts.exists():
            print(accounts.read_text())
        else:
            print(f"没有找到账号文件 {accounts}。口令可以重设：.venv/bin/python manage.py changepassword 账号\n")
        print("按 Ctrl-C 结束。\n", flush=True)
