"""Where the servers' files lie, under whose account they run, and what is remembered of them."""

import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ACCOUNT = "liaison-embedded"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Refusal(Exception):
    """The servers cannot run here; the text is for the person at the terminal."""


def living(pid_file: Path) -> psutil.Process | None:
    """The process that a pid file names; after kill -9 it may be a stranger with the same number."""
    with suppress(FileNotFoundError, ValueError, psutil.Error):
        return psutil.Process(int(pid_file.read_text().split("\n")[0]))
    return None


def waited_for(claim: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Place:
    """The folder of one pair of servers, and the account they run under."""

    def __init__(self, base: Path):
        self.base = base
        try:
            made = [folder for folder in (base, *base.parents) if not folder.exists()]
            base.mkdir(parents=True, exist_ok=True)
            for folder in made:
                folder.chmod(0o711)  # the servers' account passes through, whatever the umask
        except OSError as problem:
            raise Refusal(f"不能在 {base} 建立目录：{problem.strerror}。") from problem
        self.path = base / "servers.json"
        self.holding = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time starts or stops servers."""
        with (self.base / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def hold(self) -> None:
        """Be counted among the users of the servers; kill -9 ends that, too."""
        if not self.holding:
            self.holding = (self.base / "holders").open("w")
            fcntl.flock(self.holding, fcntl.LOCK_SH)

    def let_go(self) -> bool:
        """True for the last one to leave."""
        if not self.holding:
            return False
        try:
            fcntl.flock(self.holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            self.holding.close()
            self.holding = None

    @property
    def stays(self) -> bool:
        return (self.base / "stays").exists()

    @stays.setter
    def stays(self, wanted: bool) -> None:
        if wanted:
            (self.base / "stays").touch()
        else:
            (self.base / "stays").unlink(missing_ok=True)

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """Root's stand-in; None for an ordinary user, who runs the servers himself."""
        if os.geteuid() != 0:
            return None
        with suppress(KeyError):
            return pwd.getpwnam(ACCOUNT)
        useradd = shutil.which("useradd", path=SYSTEM_PATH)
        if not useradd:
            raise Refusal(f"缺少 useradd 命令，请先建立系统账户 {ACCOUNT}，或改用普通用户运行。")
        home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, "--system", "--user-group", *home, ACCOUNT], check=True)
        return pwd.getpwnam(ACCOUNT)

    def folder(self, name: str) -> Path:
        """A subfolder that belongs to the servers."""
        path = self.base / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.hand_over(path)
        return path

    def open_to_read(self, *paths: Path) -> None:
        """Let the servers' account read and run these, whatever root's umask was."""
        for path in paths:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)

    def hand_over(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def run(self, *command: object, **environment: str) -> subprocess.CompletedProcess:
        """Run as the servers' account, with nothing of this process's environment.

        Output goes to a file: a daemon inherits it, and a pipe would never close.
        """
        identity = {}
        if self.account:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid}
            identity["extra_groups"] = []
        with (self.folder("log") / "commands.log").open("a+") as log:
            began_at = log.tell()
            done = subprocess.run(
                [str(word) for word in command],
                cwd=self.base,
                env={"PATH": SYSTEM_PATH, "LC_ALL": "C"} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **identity,
            )
            log.seek(began_at)
            done.stdout = log.read()
        return done

    @property
    def kept(self) -> dict:
        """Ports, passwords and what was done already; readable by this user only."""
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def keep(self, **values: object) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.kept | values, indent=1))
        fresh.replace(self.path)

    def password(self, of: str) -> str:
        name = f"{of}_password"
        if name not in self.kept:
            self.keep(**{name: secrets.token_urlsafe(24)})
        return self.kept[name]

    def port(self, of: str) -> int:
        return self.kept.get(f"{of}_port", 0)

    def choose_port(self, of: str) -> int:
        """The remembered port, or another when somebody else has taken it meanwhile."""
        for wanted in (self.port(of), 0):
            with socket.socket() as probe, suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", wanted))
                self.keep(**{f"{of}_port": probe.getsockname()[1]})
                break
        return self.port(of)
