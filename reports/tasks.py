from celery import shared_task

from reports import rollup


@shared_task(ignore_result=True)
def drain():
    """Recount what was noted; rung on commit and swept by beat, safe to run at any time and twice."""
    rollup.drain()


@shared_task(ignore_result=True)
def verify():
    """Compare every cell with a recount, nightly."""
    rollup.verify()
