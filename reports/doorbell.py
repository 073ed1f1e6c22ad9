"""The doorbell: tell a worker that something was written. Best effort; the sweep does the same within seconds."""

import logging

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from reports.tasks import drain

logger = logging.getLogger(__name__)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def ring():
    try:
        drain.apply_async(retry=False, expires=60)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("统计任务暂时无法通知，稍后由定时任务补上：%s", error)


class DoorbellMiddleware:
    """Rings after a request that may have written; by then its transaction has ended (ATOMIC_REQUESTS wraps views)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and response.status_code < 400:
            ring()
        return response
