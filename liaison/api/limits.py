"""How often somebody asks, counted in Redis by the minute."""

import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
MINUTE = 60


def count(name: str) -> int:
    """How many times this was called for the name within the present minute, this time included.

    0 while Redis is away: a limit that cannot be counted stops nobody, for a token cannot be guessed anyway.
    """
    key = f"api:{name}:{int(time.time()) // MINUTE}"
    try:
        cache.add(key, 0, 2 * MINUTE)
        return cache.incr(key)
    except (RedisError, OSError) as error:
        logger.warning("接口的访问次数暂时无法计数：%s", error)
    except ValueError:  # gone between the two
        return 1
    return 0


def seconds_left() -> int:
    """Until the next minute begins."""
    return MINUTE - int(time.time()) % MINUTE
