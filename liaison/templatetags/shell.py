"""Tags of the page frame: icons, numbers and dates as they are written in Chinese offices."""

import re
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MINUS = "−"


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of img/icons.svg; it says nothing to a screen reader, the words beside it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.filter
def grouped(number) -> str:
    """17200 → 17,200, also of a Decimal 17200.00; text stays as it is. Django's own Chinese format has no separator."""
    if number is None or number == "":
        return "—"
    if isinstance(number, str):
        return number
    if isinstance(number, Decimal) and number == number.to_integral_value():
        number = int(number)
    return f"{number:,}".replace("-", MINUS)


@register.filter
def signed(number) -> str:
    """46 → +46, −3 → −3, 0 → 0; the sign is a real minus, as wide as a plus."""
    return f"+{number:,}" if number > 0 else grouped(number)


@register.filter
def cn_date(day: date | datetime | None) -> str:
    """2026年11月22日, in local time."""
    if day is None:
        return "—"
    if isinstance(day, datetime) and timezone.is_aware(day):
        day = timezone.localtime(day)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def near_date(day: date) -> str:
    """4月8日 of this year, 2025年5月7日 of another."""
    return f"{day.month}月{day.day}日" if day.year == timezone.localdate().year else cn_date(day)


@register.filter
def input_type(field) -> str:
    """Of a bound field's widget: "checkbox", "file"…; empty for a select or a text area."""
    return getattr(field.field.widget, "input_type", "")


@register.simple_tag
def labelled_cells(cells, headers) -> list[SafeString]:
    """The admin's ready-made cells with the column's name, which a phone shows beside the value.

    `headers` are those of the list; the admin adds a cell of its own for a hidden key, without one.
    """
    labels = [_words(header["text"]) for header in headers]
    labels += [""] * (len(cells) - len(labels))
    return [in_chinese(_label(cell, label)) for cell, label in zip(cells, labels, strict=False)]


def _words(text) -> str:
    """A column's name; nothing for the column whose head is a check box."""
    return "" if "<input" in str(text) else str(text)


def _label(cell: str, label: str) -> str:
    if not label:
        return str(cell)
    return re.sub(r"^<(t[dh])", rf'<\1 data-label="{escape(label)}"', str(cell).lstrip(), count=1)


def in_chinese(cell: str) -> SafeString:
    """The admin names its yes/no pictures in Python: True, False, None."""
    for python, word in (("True", "是"), ("False", "否"), ("None", "未知")):
        cell = cell.replace(f'.svg" alt="{python}"', f'.svg" alt="{word}"')
    return mark_safe(cell)
