import logging

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command

from liaison import jobs, sending, trail

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def seal():
    """Link new entries of the trail; swept by beat, safe to run at any time and twice."""
    trail.seal()


@shared_task(ignore_result=True)
def forget_sessions():
    """Log-ins that have run out, each night."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


@shared_task(ignore_result=True)
def verify_trail():
    """Follow the whole chain once a day; what is wrong stands in the trail, in its viewer's head and here."""
    if fault := trail.verify().fault:
        logger.error(fault)


@shared_task(ignore_result=True)
def purge_trail():
    """Take away what is older than TRAIL_DAYS."""
    trail.purge()


@shared_task(ignore_result=True)
def run_job(pk: int):
    """Rung for when it is asked for, and swept; a second call finds nothing to do."""
    jobs.run(pk)


@shared_task(ignore_result=True)
def sweep_jobs():
    """What nobody was rung for, and what a dead worker left behind."""
    for pk in jobs.due():
        run_job.apply_async((pk,), expires=30)


@shared_task(ignore_result=True)
def forget_jobs():
    """Files that were asked for a week ago, each night."""
    jobs.forget()


@shared_task(ignore_result=True)
def send_notices():
    """What is due of the outbox; rung on commit and swept by beat, safe to run at any time and twice."""
    if (sent := sending.send_due()) != sending.Sent():
        logger.info("通知外发：%s。", sent)


@shared_task(ignore_result=True)
def forget_notices():
    """Read notices and ended deliveries, after NOTICE_DAYS, each night."""
    logger.info("到期清除：通知 %d 条，外发记录 %d 条。", *sending.forget())
