"""How values stand in the lists: badges, lamps, and lists that do not count to the end."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.html import format_html


def badge(text: str, tone: str = "neutral"):
    """A state in a coloured frame; tones: neutral info good warn late."""
    return format_html('<span class="badge {}">{}</span>', tone, text)


def lamp(text: str, tone: str):
    """A dot with its meaning in words; tones: good warn late."""
    return format_html('<span class="lamp {}">{}</span>', tone, text)


def count(number: int):
    return format_html('<span class="num">{}</span>', f"{number:,}")


class CappedPaginator(Paginator):
    """Counts as far as 1,000 rows: beyond that a person narrows the list instead of leafing through it."""

    MOST = 1000

    @cached_property
    def count(self) -> int:
        return min(self._seen, self.MOST)

    @cached_property
    def _seen(self) -> int:
        return self.object_list.order_by()[: self.MOST + 1].count()

    @property
    def shown_count(self) -> str:
        return f"{self.MOST}+" if self._seen > self.MOST else str(self._seen)

    @property
    def is_capped(self) -> bool:
        return self._seen > self.MOST
