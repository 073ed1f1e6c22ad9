"""The server's own programs: found, of a version that can do it, run with the password in their environment alone."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from liaison.backup.databases import parameters
from liaison.management import Refusal

# pg_restore since 17 sets a parameter that older servers do not know, and its dumps are not read by older ones.
FIRST_WITH_TRANSACTION_TIMEOUT = 17


def found(name: str, server: int) -> Path:
    """The program of the server's own version where packages usually put it, or the one on the PATH."""
    usual = [f"/usr/lib/postgresql/{server}/bin", f"/usr/pgsql-{server}/bin", os.environ.get("PATH", os.defpath)]
    path = shutil.which(name, path=settings.PG_BIN or os.pathsep.join(usual))
    if path is None:
        where = f"目录 {settings.PG_BIN} 里" if settings.PG_BIN else "本机"
        raise Refusal(
            f"{where}没有 {name}：请安装 PostgreSQL {server} 的客户端程序，或用环境变量 PG_BIN 指明所在目录。"
        )
    if version(Path(path)) < server:
        raise Refusal(
            f"{path} 是 {version(Path(path))} 版，需要不低于 {server} 版：请安装 PostgreSQL {server}"
            " 的客户端程序，或用环境变量 PG_BIN 指明它所在的目录。"
        )
    return Path(path)


def must_write_to(server: int, program: Path) -> None:
    """What is dumped or restored with this program must fit into a server of this version."""
    if server < FIRST_WITH_TRANSACTION_TIMEOUT <= version(program):
        raise Refusal(
            f"{program} 是 {version(program)} 版，它的备份不能恢复到 {server} 版的数据库服务器：请安装 PostgreSQL {server}"
            " 的客户端程序，或用环境变量 PG_BIN 指明它所在的目录。"
        )


def version(program: Path) -> int:
    """Its major version; 0 when it does not say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    match = re.search(r"(\d+)(\.\d+|devel|beta|rc)", said)
    return int(match[1]) if match else 0


@contextmanager
def running(
    program: Path, *arguments: str, alias: str, database: str, hear: Callable[[str], None], **pipes
) -> Iterator:
    """The program at work on a database; `hear` gets its lines. Raises Refusal with its own reason when it fails."""
    known = parameters(alias, database)
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"LC_ALL": "C", "PGPASSWORD": known.pop("password", "")}
    address = psycopg.conninfo.make_conninfo(**known)
    with subprocess.Popen(
        [program, *arguments, f"--dbname={address}"], env=environment, stderr=subprocess.PIPE, **pipes
    ) as child:
        wrong: list[str] = []
        ear = threading.Thread(target=_listen, args=(child.stderr, hear, wrong), daemon=True)
        ear.start()
        try:
            yield child
            child.wait()
        except BrokenPipeError:
            child.wait()  # it ended before its time, and says why
        finally:
            child.kill()
            ear.join(10)
    if child.returncode:
        raise Refusal(f"{program.name} 没有完成：{wrong[0] if wrong else f'退出码 {child.returncode}'}")


def _listen(lines, hear: Callable[[str], None], wrong: list[str]) -> None:
    for line in lines:
        said = line.decode(errors="replace").strip()
        if re.search(r"\b(error|fatal):", said, flags=re.I):
            wrong.append(re.sub(r"^\S+: (error: )?", "", said))
        else:
            hear(said)
