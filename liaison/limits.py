"""How often somebody asks, counted in Redis by the minute, ten minutes or hour."""

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
MINUTE, TEN_MINUTES, HOUR = 60, 600, 3600  # seconds


def count(name: str, *, per: int | None = None) -> int:
    """How many times this was called for the name within the present minute (or span of `per` seconds), this time included.

    0 while Redis is away: a limit that cannot be counted stops nobody, for there are other guards before each.
    """
    per = per or MINUTE
    key = f"{name}:{int(time.time()) // per}"
    try:
        cache.add(key, 0, 2 * per)
        return cache.incr(key)
    except (RedisError, OSError) as error:
        logger.warning("访问次数暂时无法计数：%s", error)
    except ValueError:  # gone between the two
        return 1
    return 0


def seconds_left() -> int:
    """Until the next minute begins."""
    return MINUTE - int(time.time()) % MINUTE
