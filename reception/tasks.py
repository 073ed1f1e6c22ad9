from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from reception import reminding, rota

logger = get_task_logger(__name__)


@shared_task(ignore_result=True)
def plan_rota(studio: int | None = None):
    """Plan the reception days that follow from the rules; nightly for every studio, and when a rule of one changes."""
    logger.info("接待日排期：%s。", rota.plan(timezone.localdate(), studio=studio))


@shared_task(ignore_result=True)
def remind():
    """Tell who is on duty today and tomorrow, each morning; safe to run twice."""
    logger.info("值班提醒：新通知 %d 条。", reminding.remind(timezone.localdate()))
