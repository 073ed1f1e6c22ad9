from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from reception import rota

logger = get_task_logger(__name__)


@shared_task(ignore_result=True)
def plan_rota(studio: int | None = None):
    """Plan the reception days that follow from the rules; nightly for every studio, and when a rule of one changes."""
    logger.info("接待日排期：%s。", rota.plan(timezone.localdate(), studio=studio))
