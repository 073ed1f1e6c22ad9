"""What the site's own programs take in memory: started anew on the bench's database, asked for pages, given work."""

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from django.conf import settings

from liaison import reach
from liaison.backup import databases
from liaison.models import Account, Job, Organisation
from liaison.processes import Processes, answers, environment, web, worker
from liaison.tasks import run_job
from reports.bench import ground
from reports.bench.clock import Part, Result
from reports.bench.reads import LISTS, list_of
from reports.bench.rollup import change
from reports.bench.visitor import browser_of
from reports.models import Dirty
from reports.tasks import drain

# Another worker on this broker does not take what is meant for the bench's own.
QUEUE = "liaison-bench"
HOST = "127.0.0.1"
THREADS = 4
REQUESTS = 60
CHANGES = 10_000
PATIENCE = 600  # seconds


def measure(accounts: dict[str, Account], year: int) -> Part:
    programs, port = Processes(), _free_port()
    known = environment(databases.url("default"))
    programs.start("web", web(HOST, port), known)
    programs.start("worker", worker("WARNING", "--queues", QUEUE), known)
    try:
        _await(lambda: answers(f"http://{HOST}:{port}/login/"), programs)
        asked = _ask(port, accounts, year)
        _work(accounts["top"], ground.top(), year, programs)
        return Part("内存", [*_taken(programs, asked), _of_this_process()])
    finally:
        programs.stop()


def _taken(programs: Processes, asked: int) -> Iterator[Result]:
    did = {"web": f"{asked} 次请求，{THREADS} 个同时", "worker": f"汇总 {CHANGES:,} 处更改，生成 Excel 和 Word"}
    names = {"web": "网站程序", "worker": "后台程序"}
    for name, child in programs.running.items():
        family = list(_family(child.pid))
        note = f"{len(family)} 个进程；{did[name]}"
        shared = sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in family) / 1024
        highest = max(_kilobytes(pid, "status", "VmHWM") for pid in family) / 1024
        yield Result(f"{names[name]}合计占用（共用的只计一次）", shared, "MB", note=note)
        yield Result(f"{names[name]}中一个进程最多占用", highest, "MB")


def _of_this_process() -> Result:
    """It has done it all: pages, roll-up, import."""
    return Result("本进程（页面、汇总、导入都在其中）最多占用", getrusage(RUSAGE_SELF).ru_maxrss / 1024, "MB")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))


def _kilobytes(pid: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _ask(port: int, accounts: dict[str, Account], year: int) -> int:
    """Dashboards, records behind a figure and lists, several at a time; how many pages were asked for."""
    addresses = [
        (who, address)
        for who in ("city", "top")
        for address in (f"/dashboard/?period={year}", f"/rows/?indicator=visits&period={year}")
    ]
    addresses += [("clerk", list_of(model)) for model in LISTS.values()]
    cookies = {who: browser_of(accounts[who]).cookies[settings.SESSION_COOKIE_NAME].value for who, _ in addresses}

    def ask(n: int):
        who, address = addresses[n % len(addresses)]
        request = urllib.request.Request(f"http://{HOST}:{port}{address}")
        request.add_header("Cookie", f"{settings.SESSION_COOKIE_NAME}={cookies[who]}")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            if answer.url != request.full_url:
                raise RuntimeError(f"{address} led to {answer.url}")
            answer.read()

    with ThreadPoolExecutor(THREADS) as visitors:
        list(visitors.map(ask, range(REQUESTS)))
    return REQUESTS


def _work(account: Account, organisation: Organisation, year: int, programs: Processes):
    change(CHANGES)
    drain.apply_async(queue=QUEUE)
    _await(lambda: not Dirty.objects.exists(), programs)
    with reach.everything():
        asked = [
            Job.objects.create(
                organisation=organisation, asked_by=account, kind=kind, title="测量",
                parameters={"query": f"period={year}", "closing": ""},
            )
            for kind in ("workbook", "word")
        ]  # fmt: skip
    for job in asked:
        run_job.apply_async((job.pk,), queue=QUEUE)
    _await(lambda: all(_has_ended(job) for job in asked), programs)


@reach.everything()
def _has_ended(job: Job) -> bool:
    job.refresh_from_db(fields=["state", "error"])
    if job.state == Job.State.FAILED:
        raise RuntimeError(f"{job.kind}: {job.error}")
    return job.state == Job.State.DONE


def _await(is_done: Callable[[], bool], programs: Processes):
    until = time.monotonic() + PATIENCE
    while not is_done():
        if name := programs.ended():
            raise RuntimeError(f"{name} ended")
        if time.monotonic() > until:
            raise RuntimeError("waited too long")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
