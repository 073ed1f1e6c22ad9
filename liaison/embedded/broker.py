"""Redis, append-only: from the PATH, or the program that the set-up fetched into var/."""

import shutil
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import psutil
import redis

from liaison.embedded.place import CHECKOUT, Place, Refusal, living, waited_for


class Redis:
    name = "Redis"

    def __init__(self, place: Place):
        self.place = place

    @cached_property
    def program(self) -> Path:
        fetched = CHECKOUT / "var/redis-server"
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if not found and not fetched.exists():
            raise Refusal(
                "没有找到 redis-server：请安装 redis 或 valkey，或运行 make demo 自动取得，或设置环境变量 REDIS_URL。"
            )
        if found or not self.place.account:
            return Path(found or fetched)
        copy = Path(shutil.copy(fetched, self.place.base / "redis-server"))
        self.place.open_to_read(copy)
        return copy

    @property
    def folder(self) -> Path:
        return self.place.folder("redis")

    @property
    def log(self) -> Path:
        return self.place.folder("log") / "redis.log"

    @property
    def url(self) -> str:
        here = f"127.0.0.1:{self.place.port('redis')}"
        return f"redis://:{self.place.password('redis')}@{here}/0"

    @property
    def connection(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)

    def is_alive(self) -> bool:
        """There, even when it is too busy to answer. It renames itself; its folder stays."""
        process = living(self.folder / "redis.pid")
        with suppress(psutil.Error):
            return bool(process) and process.cwd() == str(self.folder)
        return False

    def answers(self) -> bool:
        with suppress(redis.ConnectionError, redis.TimeoutError), self.connection as connection:
            return connection.ping()
        return False

    def start(self) -> None:
        if not self.is_alive():
            self.place.run(self.program, self.write_settings())
        if not waited_for(self.answers, seconds=60):
            raise Refusal(f"Redis 没有启动，原因见 {self.log}。")

    def write_settings(self) -> Path:
        lines = [
            "bind 127.0.0.1",
            f"port {self.place.choose_port('redis')}",
            f"requirepass {self.place.password('redis')}",
            f'dir "{self.folder}"',
            f'pidfile "{self.folder}/redis.pid"',
            f'logfile "{self.log}"',
            "daemonize yes",
            "databases 256",
            "appendonly yes",
            'save ""',
        ]
        settings = self.folder / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text("\n".join(lines))
        self.place.hand_over(settings)
        return settings

    def stop(self) -> None:
        with suppress(redis.ConnectionError, redis.TimeoutError), self.connection as connection:
            connection.shutdown()
        waited_for(lambda: not self.is_alive(), seconds=30)
