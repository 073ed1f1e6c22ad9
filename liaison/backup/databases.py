"""The databases of one server as its three roles see them, and one put in the place of another."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from liaison.management import Refusal

VARIABLES = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "backup": "BACKUP_DATABASE_URL"}
LONGEST_NAME = 63  # PostgreSQL cuts off the rest without a word


def parameters(alias: str, database: str = "") -> dict[str, str]:
    """What libpq needs to connect, the password included."""
    known = connections[alias].settings_dict
    own = {"dbname": database or known["NAME"], "user": known["USER"], "password": known["PASSWORD"]}
    own |= {"host": known["HOST"], "port": known["PORT"] or 5432, **known["OPTIONS"]}
    return {name: str(value) for name, value in own.items() if value}


def url(alias: str) -> str:
    """For DATABASE_URL of other programs: the database that Django's own connection leads to."""
    known = connections[alias].settings_dict
    user, password = quote(known["USER"], safe=""), quote(known["PASSWORD"], safe="")
    return f"postgres://{user}:{password}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"


def connected(alias: str, database: str = "") -> psycopg.Connection:
    """As one of the roles, without a transaction; raises Refusal with the setting to mend."""
    try:
        return psycopg.connect(**{"connect_timeout": "10"} | parameters(alias, database), autocommit=True)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Refusal(f"数据库没有回应，请核对数据库服务器和环境变量 {VARIABLES[alias]}：{reason}") from error


def major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10_000


def name_beside(live: str, suffix: str) -> str:
    return live[: LONGEST_NAME - len(suffix)] + suffix


def make(owner: psycopg.Connection, name: str, like: str = "") -> None:
    """An empty database, in place of one that an interrupted run left; open to whom `like` is open to."""
    drop(owner, name)
    execute(owner, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    if like:
        execute(owner, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        for role, privilege in _privileges(owner, like):
            grantee = sql.Identifier(role) if role else sql.SQL("PUBLIC")
            execute(owner, f"GRANT {privilege} ON DATABASE {{}} TO {{}}", name, grantee)


def _privileges(owner: psycopg.Connection, database: str) -> list[tuple]:
    return owner.execute(
        """
        SELECT r.rolname, a.privilege_type
        FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = %s AND a.grantee <> d.datdba""",
        [database],
    ).fetchall()


def drop(owner: psycopg.Connection, name: str) -> None:
    execute(owner, "DROP DATABASE IF EXISTS {}", name)


def execute(owner: psycopg.Connection, statement: str, *names) -> None:
    """A statement with names of databases in it."""
    quoted = [sql.Identifier(name) if isinstance(name, str) else name for name in names]
    owner.execute(sql.SQL(statement).format(*quoted))


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Django's connections lead to another database of the same server, in this process."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in settings.DATABASES}
    try:
        _point(dict.fromkeys(before, name))
        yield
    finally:
        _point(before)


def _point(names: dict[str, str]) -> None:
    connections.close_all()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name


def swap(live: str, fresh: str, before: str, along: Callable[[], None]) -> None:
    """`live` becomes `before` and `fresh` becomes `live`, both or neither; `along` goes with them.

    Whoever connects meanwhile waits for the lock of the renaming. A kill at any point leaves the one or the other.
    """
    aside = name_beside(live, "_swapping")  # nobody can rename the database they are connected to
    with connected("owner", fresh) as owner:
        make(owner, aside)
    try:
        with connected("owner", aside) as owner, sessions_ended(aside, live, fresh):
            try:
                with owner.transaction():
                    execute(owner, "ALTER DATABASE {} RENAME TO {}", live, before)
                    execute(owner, "ALTER DATABASE {} RENAME TO {}", fresh, live)
                    along()
            except psycopg.errors.ObjectInUse as error:
                raise Refusal(f"还有别的会话连着数据库 {live}（{_others(owner, live)}），请结束它们后重试。") from error
    finally:
        with suppress(Refusal, psycopg.Error), connected("owner", live) as owner:
            drop(owner, aside)


def _others(owner: psycopg.Connection, database: str) -> str:
    rows = owner.execute(
        "SELECT DISTINCT coalesce(usename, backend_type) FROM pg_stat_activity WHERE datname = %s", [database]
    )
    return "、".join(name for (name,) in rows) or "已经离开"


@contextmanager
def sessions_ended(base: str, *databases: str) -> Iterator[None]:
    """Meanwhile each role ends its own sessions in these databases, again and again; nobody else's may it end."""
    done = threading.Event()
    with ExitStack() as stack:
        roles = [stack.enter_context(connected(alias, base)) for alias in VARIABLES if alias in settings.DATABASES]
        thread = threading.Thread(target=_end_sessions, args=(roles, list(databases), done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _end_sessions(roles: list[psycopg.Connection], databases: list[str], done: threading.Event) -> None:
    while not done.wait(0.1):
        for role in roles:
            role.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY (%s) AND usename = current_user",
                [databases],
            )
