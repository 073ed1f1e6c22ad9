"""Numbers as a Chinese report says them: floored, never overstated (STATISTICS §3)."""

from decimal import ROUND_DOWN, Decimal

WAN, YI = 10_000, 100_000_000
# Behind a number with figures for which there are no records (STATISTICS §5).
SUPPLEMENTED = "（含补录）"


def exact(value: Decimal | int, unit: str) -> str:
    """223次, 20万元, 1.07万人次; every digit is kept."""
    value = Decimal(value)
    for size, word in ((YI, "亿"), (WAN, "万")):
        if unit == "元" and value >= size and _fits(value / size):
            return f"{_plain(value / size)}{word}{unit}"
    return f"{_plain(value)}{unit}"


def hedged(value: Decimal | int, unit: str, word: str = "多") -> str:
    """6500余人次, 3590多件, 1.07万人次: floored to a round number, the word only when something was cut off.

    Below 20 a number is exact; from 10,000 it is told in 万 and from 10⁸ in 亿, with at most two decimals.
    """
    value = Decimal(value)
    for size, name in ((YI, "亿"), (WAN, "万")):
        if value >= size:
            kept = (value / size).quantize(Decimal("0.01"), ROUND_DOWN)
            return f"{_plain(kept)}{name}{word if kept * size < value else ''}{unit}"
    kept = _floored(value)
    return f"{_plain(kept)}{word if kept < value else ''}{unit}"


def _floored(value: Decimal) -> Decimal:
    if value < 20:
        return value
    hundreds = value // 100 * 100
    largest_loss = Decimal("0.02") if value >= 1000 else Decimal("0.10")
    return hundreds if hundreds and (value - hundreds) / value <= largest_loss else value // 10 * 10


def _fits(value: Decimal) -> bool:
    return value == value.quantize(Decimal("0.01"))


def _plain(value: Decimal) -> str:
    """Without exponent and trailing zeros: 1.50 → 1.5, 200.00 → 200."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
