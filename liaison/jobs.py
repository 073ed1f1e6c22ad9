"""Jobs: what each kind of work does step by step, and how a worker goes through it.

An upper app declares a kind with `maker`: a generator that yields a `Step` after each part of its work and returns what was
`Made`. Every part runs in a transaction of its own with the reach of the account that asked, so that nothing comes into
the file that the account could not have seen itself; between the parts the progress is written for others to see.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison import reach
from liaison.models import Account, Job
from liaison.models.jobs import MOST_ATTEMPTS

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """done: in percent · doing: what comes next."""

    done: int
    doing: str


@dataclass(frozen=True)
class Made:
    name: str
    type: str
    content: bytes


Maker = Callable[[Job], Iterator[Step]]
MAKERS: dict[str, Maker] = {}


def maker(kind: str) -> Callable[[Maker], Maker]:
    def declared(make: Maker) -> Maker:
        MAKERS[kind] = make
        return make

    return declared


def run(pk: int):
    """Do a job that is due; safe to call twice and at once. Errors end up in the job, as a sentence for people."""
    with reach.everything():
        job = Job.objects.claim(pk, timezone.now())
    if job is None:
        return
    if job.attempts > MOST_ATTEMPTS:
        _end(job, state=Job.State.FAILED, error="这个任务几次都没有做完，请再试一次；仍然不行请告诉系统管理员。")
        return
    try:
        made = _made(job)
    except ValidationError as refused:
        _end(job, state=Job.State.FAILED, error="\n".join(refused.messages))
    except Exception:
        logger.exception("任务 %s（%s）没有完成", job.pk, job.kind)
        _end(job, state=Job.State.FAILED, error="生成时出了问题，请再试一次；仍然不行请告诉系统管理员。")
    else:
        if made:
            file = {"file_name": made.name, "file_type": made.type, "content": made.content}
            _end(job, state=Job.State.DONE, progress=100, step="", **file)


def _made(job: Job) -> Made | None:
    """None if another worker has taken the job over meanwhile."""
    steps = MAKERS[job.kind](job)
    while True:
        try:
            # Read anew: its grants may have been taken away since.
            with reach.of(job.asked_by):
                job.asked_by = Account.objects.get(pk=job.asked_by_id)
                step = next(steps)
        except StopIteration as end:
            return end.value
        with reach.everything():
            if not job.report(progress=step.done, step=step.doing, touched_at=timezone.now()):
                return None


def _end(job: Job, **values):
    with reach.everything():
        job.report(touched_at=timezone.now(), **values)


def due() -> list[int]:
    """Jobs that nobody is at, oldest first."""
    with reach.everything():
        return list(Job.objects.due(timezone.now()).order_by("id").values_list("pk", flat=True)[:50])


def forget() -> int:
    """Take away what is older than KEPT_DAYS, files included; returns how many."""
    with reach.everything():
        count, _ = Job.objects.expired(timezone.now()).delete()
    return count
