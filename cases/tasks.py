from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from cases import expiring, lapsing, retention

logger = get_task_logger(__name__)


@shared_task(ignore_result=True)
def retain():
    """Erase visitors' data past its time, nightly; safe to run at any time and twice."""
    logger.info("个人信息到期删除：%s。", retention.retain(timezone.localdate(), at=timezone.now()))


@shared_task(ignore_result=True)
def lapse():
    """Note days that passed without being held and matters past their deadline; safe to run at any time and twice."""
    logger.info("新登记：%s。", lapsing.lapse(timezone.localdate()))


@shared_task(ignore_result=True)
def expire_choices():
    """Offers that nobody answered in time go back to the pools; safe to run at any time and twice."""
    logger.info("退回工作室的扫码事项：%s 件。", expiring.expire(timezone.localdate(), at=timezone.now()))
