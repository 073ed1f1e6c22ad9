"""The embedded servers, in a folder of their own, with and without root."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis

from liaison import embedded
from liaison.embedded.place import waited_for

ROOT = Path(__file__).resolve().parent.parent.parent
START = "from liaison import embedded; from pathlib import Path; print(embedded.{verb}(Path({base!r})))"


@pytest.fixture(scope="module")
def cluster():
    """Made once: initdb takes seconds."""
    folder = embedded.default_base("test").with_name(f"test-{os.getpid()}")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def base(cluster):
    yield cluster
    embedded.stop(cluster)


def answer(url: str, question: str) -> list:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchall()


def kill_servers(base: Path) -> None:
    """All of one folder, at once, as a power cut would."""
    for process in psutil.process_iter(["cmdline", "name"]):
        mine = str(base) in " ".join(process.info["cmdline"] or []) or is_redis_of(process, base)
        if mine and process.pid != os.getpid():
            for victim in (*process.children(recursive=True), process):
                with suppress(psutil.NoSuchProcess):
                    victim.send_signal(signal.SIGKILL)


def is_redis_of(process: psutil.Process, base: Path) -> bool:
    with suppress(psutil.Error):  # gone meanwhile, or dead and not yet buried
        return "redis" in process.name() and process.cwd() == str(base / "redis")
    return False


def bound(squatter: socket.socket, url: str) -> bool:
    """Takes the port of a server; one that was killed just now may still hold it for a moment."""
    with suppress(OSError):
        squatter.bind(("127.0.0.1", urlsplit(url).port))
        return True
    return False


def test_roles_are_what_the_wall_needs(base):
    urls = embedded.start(base, durable=False)

    assert answer(urls.owner_url, "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb"
        " FROM pg_roles WHERE rolname LIKE 'liaison%' ORDER BY rolname") == [
        ("liaison_app", False, False, False),
        ("liaison_backup", False, True, False),
        ("liaison_owner", False, False, True),
    ]  # fmt: skip
    assert answer(urls.owner_url, "SELECT extname FROM pg_extension") == [("plpgsql",)]
    assert answer(urls.database_url,
        "SELECT current_setting('TimeZone'), current_setting('server_encoding')"
    ) == [("Asia/Shanghai", "UTF8")]  # fmt: skip


def test_owner_makes_tables_app_fills_them_backup_only_reads(base):
    urls = embedded.start(base, durable=False)
    with psycopg.connect(urls.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY, headcount int)")

    with psycopg.connect(urls.database_url, autocommit=True) as app:
        app.execute("INSERT INTO note (headcount) VALUES (3)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("TRUNCATE note")
    with psycopg.connect(urls.backup_url, autocommit=True) as backup:
        assert backup.execute("SELECT headcount FROM note").fetchall() == [(3,)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            backup.execute("DELETE FROM note")


def test_kill_9_and_a_taken_port_do_not_stop_the_next_start(base):
    urls = embedded.start(base)
    with psycopg.connect(urls.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE visit AS SELECT 3 AS headcount")
    with redis.Redis.from_url(urls.redis_url) as broker:
        broker.set("bell", "rung")
        broker.bgrewriteaof()
    assert embedded.start(base) == urls

    kill_servers(base)
    assert waited_for(lambda: not any(embedded.running(base).values()), seconds=10)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        assert waited_for(lambda: bound(squatter, urls.redis_url), seconds=10)
        squatter.listen()
        moved = embedded.start(base)

    assert moved.database_url == urls.database_url
    assert moved.redis_url != urls.redis_url
    assert answer(moved.database_url, "SELECT 1") == [(1,)]
    assert answer(moved.owner_url, "SELECT headcount FROM visit") == [(3,)]


def test_pid_file_of_a_dead_server_whose_number_lives_on_is_forgotten(base):
    embedded.start(base, durable=False)
    pid_file = base / "cluster/postmaster.pid"
    lines = pid_file.read_text().split("\n")
    kill_servers(base)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    embedded.start(base, durable=False)

    assert embedded.running(base) == {"PostgreSQL": True, "Redis": True}


def test_last_to_leave_stops_the_servers(base):
    program = START.format(verb="start", base=str(base))
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    assert embedded.running(base) == {"PostgreSQL": False, "Redis": False}

    embedded.start(base)
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    assert embedded.running(base) == {"PostgreSQL": True, "Redis": True}

    embedded.leave(base)
    assert embedded.running(base) == {"PostgreSQL": False, "Redis": False}


def test_started_to_stay_they_outlive_their_starter(base):
    program = START.format(verb="stay", base=str(base))
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)

    assert embedded.running(base) == {"PostgreSQL": True, "Redis": True}

    embedded.stop(base)
    assert embedded.running(base) == {"PostgreSQL": False, "Redis": False}


def test_secrets_are_for_their_owner_only(base):
    embedded.start(base, durable=False)

    assert (base / "servers.json").stat().st_mode & 0o777 == 0o600
    assert (base / "redis/redis.conf").stat().st_mode & 0o777 == 0o600
    assert (base / "cluster").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the servers over")
def test_as_root_the_servers_run_as_their_own_account_and_parents_keep_their_modes(base):
    before = Path("/var/lib").stat().st_mode, ROOT.stat().st_mode
    embedded.start(base, durable=False)

    number = int((base / "cluster/postmaster.pid").read_text().split("\n")[0])
    assert psutil.Process(number).username().startswith("liaison")
    assert (Path("/var/lib").stat().st_mode, ROOT.stat().st_mode) == before
