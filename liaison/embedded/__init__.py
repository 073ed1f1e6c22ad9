"""PostgreSQL 18 and Redis for a machine that has neither: the demo and the tests.

`start()` brings both up, or finds them running, and says where they are. Whoever called it holds
the servers until its process ends; the last holder stops them. `python -m liaison.embedded start`
keeps them up until `stop`. As an ordinary user everything lies under var/; PostgreSQL refuses
to run as root, so for root it lies under /var/lib and belongs to a system account of its own.
"""

import atexit
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from liaison.embedded.broker import Redis
from liaison.embedded.place import CHECKOUT, Place, Refusal
from liaison.embedded.postgres import Postgres

__all__ = ["Refusal", "Urls", "default_base", "programs", "running", "start", "start_redis", "stay", "stop"]

held: dict[Path, "Pair"] = {}


@dataclass(frozen=True)
class Urls:
    database_url: str
    owner_url: str
    backup_url: str
    redis_url: str


class Pair:
    """One PostgreSQL and one Redis in one folder."""

    def __init__(self, base: Path, durable: bool = True):
        self.place = Place(base)
        self.postgres = Postgres(self.place, durable)
        self.redis = Redis(self.place)

    def start(self, *servers: Postgres | Redis) -> None:
        with self.place.locked():
            self.place.hold()
            for server in servers:
                server.start()

    def stop(self) -> None:
        for server in (self.postgres, self.redis):
            if server.is_alive():
                server.stop()

    @property
    def urls(self) -> Urls:
        roles = [self.postgres.url(f"liaison_{role}") for role in ("app", "owner", "backup")]
        return Urls(*roles, redis_url=self.redis.url)


def default_base(name: str = "embedded") -> Path:
    if os.geteuid() != 0:
        return CHECKOUT / "var" / name
    checkout = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return Path("/var/lib") / f"liaison-{checkout}" / name


def hold(base: Path | None, durable: bool) -> Pair:
    base = base or default_base()
    if base not in held:
        held[base] = Pair(base, durable)
        atexit.register(leave, base, os.getpid())
    return held[base]


def start(base: Path | None = None, durable: bool = True) -> Urls:
    """Both servers, running; `durable=False` trades safety against power cuts for speed."""
    pair = hold(base, durable)
    pair.start(pair.postgres, pair.redis)
    return pair.urls


def programs(base: Path | None = None) -> Path:
    """The folder of pg_dump and pg_restore, of the embedded server's own version."""
    return Pair(base or default_base()).postgres.bin


def start_redis(base: Path | None = None) -> str:
    """Redis alone, beside a real database server."""
    pair = hold(base, durable=True)
    pair.start(pair.redis)
    return pair.redis.url


def leave(base: Path, holder: int | None = None) -> None:
    """Let go of the servers; the last to leave stops them, unless they are to stay."""
    if base not in held or holder not in {None, os.getpid()}:
        return  # a forked child inherits the list, but the servers are its parent's
    pair = held.pop(base)
    with pair.place.locked():
        if pair.place.let_go() and not pair.place.stays:
            pair.stop()


def stop(base: Path | None = None) -> None:
    """Stop both at once, whoever holds them."""
    base = base or default_base()
    if base.exists():
        pair = held.pop(base, None) or Pair(base)
        with pair.place.locked():
            pair.place.let_go()
            pair.place.stays = False
            pair.stop()


def stay(base: Path | None = None) -> Urls:
    """Start both and leave them running after this process has ended."""
    urls = start(base)
    held[base or default_base()].place.stays = True
    return urls


def running(base: Path | None = None) -> dict[str, bool]:
    base = base or default_base()
    if not base.exists():
        return {Postgres.name: False, Redis.name: False}
    pair = Pair(base)
    return {server.name: server.is_alive() for server in (pair.postgres, pair.redis)}
