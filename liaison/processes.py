"""Several programs in the foreground of one terminal: one readable log, one end."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings

from liaison.environment import without_owners

PATIENCE = 15  # seconds that a program may take to finish its work before it is killed
CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "liaison"]
COLOURS = {"web": "36", "worker": "33", "beat": "35"}


def web(host: str, port: int, *more: str) -> list[str]:
    served = ["--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws", "--blocking-threads", "4"]
    return [sys.executable, "-m", "granian", *served, *more, "liaison.wsgi:application"]


def worker(loglevel: str, *more: str) -> list[str]:
    alone = ["--without-gossip", "--without-mingle"]
    return [*CELERY, "worker", "--loglevel", loglevel, "--concurrency", "2", *alone, *more]


def beat(loglevel: str) -> list[str]:
    return [*CELERY, "beat", "--loglevel", loglevel]


def environment(database_url: str = "") -> dict[str, str]:
    """For the programs: where the servers are, and not the owner's password. "" keeps the database that is set."""
    known = without_owners(dict(os.environ)) | {"REDIS_URL": settings.CELERY_BROKER_URL}
    known.pop("REDIS_URL_FILE", None)
    known["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    if database_url:
        known["DATABASE_URL"] = database_url
        known.pop("DATABASE_URL_FILE", None)
    return known


def answers(url: str) -> bool:
    """Whether a server is there by now; raises HTTPError for a fault of its own."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False
    return True


def end_with_parent() -> None:
    """In the child, before its program: Linux ends it even when the parent dies by kill -9."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 = PR_SET_PDEATHSIG


class Processes:
    """Programs that live and end together."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """In a session of its own, so that Ctrl-C reaches it only through `stop`, in order."""
        self.running[name] = child = subprocess.Popen(
            command,
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self.show, args=(name, child.stdout), daemon=True).start()

    def show(self, name: str, lines: Iterable[str]) -> None:
        label = f"{name:<6} |"
        if sys.stdout.isatty():
            label = f"\033[{COLOURS.get(name, '0')}m{label}\033[0m"
        for line in lines:
            if line.strip():
                print(label, line.rstrip(), flush=True)

    def ended(self) -> str:
        """The name of a program that is no longer there, or nothing."""
        return next((name for name, child in self.running.items() if child.poll() is not None), "")

    def wait(self) -> str:
        """Until one program ends: its name."""
        while not (name := self.ended()):
            time.sleep(0.2)
        return name

    def stop(self) -> None:
        """Ask all to finish, then make sure of it, their own children included."""
        for child in self.running.values():
            with suppress(ProcessLookupError):
                child.terminate()
        until = time.monotonic() + PATIENCE
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.clear()
