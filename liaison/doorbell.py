"""The doorbell: tell a worker that there is something to do. Best effort; a sweep by beat does the same later."""

import logging

from celery import Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(task: Task, *arguments, expires: int = 60):
    """Never waits for a broker that is away, and never fails."""
    try:
        task.apply_async(arguments, retry=False, expires=expires)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("后台任务 %s 暂时无法通知，稍后由定时任务补上：%s", task.name, error)
