import logging

from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from reports import reminding, rollup

logger = get_task_logger(__name__)


@shared_task(ignore_result=True)
def drain():
    """Recount what was noted; rung on commit and swept by beat, safe to run at any time and twice."""
    if months := rollup.drain():
        logger.info("已重新汇总 %d 个组织月份。", months)


@shared_task(ignore_result=True)
def remind():
    """Tell who has not reported, each morning; safe to run twice."""
    logger.info("定期报告提醒：新通知 %d 条。", reminding.remind(timezone.localdate()))


@shared_task(ignore_result=True)
def verify():
    """Compare every cell with a recount, nightly."""
    result = rollup.verify()
    logger.log(logging.ERROR if result.differing else logging.INFO, "统计核对：%s。", result)
