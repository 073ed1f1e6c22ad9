import signal
from collections.abc import Callable
from functools import wraps
from typing import NoReturn

from django.core.management import CommandError


class Refusal(CommandError):
    """A command stops with exit code 1 and one Chinese sentence that says what to mend."""


# Django prints the class's name before the sentence, and no English word belongs on a screen.
Refusal.__name__ = "无法完成"


def interrupt(*_) -> NoReturn:
    raise KeyboardInterrupt


def stoppable(sentence: str) -> Callable:
    """Ctrl-C and SIGTERM end a command alike: what it began is cleared away, and the sentence says so."""

    def decorate(handle: Callable) -> Callable:
        @wraps(handle)
        def stopping(*arguments, **options):
            before = signal.signal(signal.SIGTERM, interrupt)
            try:
                return handle(*arguments, **options)
            except KeyboardInterrupt:
                raise Refusal(sentence) from None
            finally:
                signal.signal(signal.SIGTERM, before)

        return stopping

    return decorate
