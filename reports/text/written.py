"""The report as it reads: sentences with their figures told, each figure open to its records."""

from dataclasses import dataclass
from decimal import Decimal

from liaison.models import Level
from liaison.periods import cn
from reports.ask import Ask
from reports.indicators import Indicator
from reports.text.asked import Asked
from reports.text.sentences import OWN
from reports.text.words import days_in_words


@dataclass(frozen=True)
class Figure:
    """A number as it is told, with the question it answers, its exact value, how much of that was supplemented (补录), and the
    address of the records behind it."""

    indicator: Indicator
    ask: Ask
    value: Decimal
    phrase: str
    url: str
    supplement: Decimal = Decimal(0)

    @property
    def number(self) -> int | Decimal:
        """The exact value, without the empty decimals of the database."""
        return int(self.value) if self.value == self.value.to_integral_value() else self.value

    @property
    def days(self) -> str:
        """What stands is of the last day alone."""
        period = self.ask.period
        return f"截至{cn(period.last)}" if self.indicator.stands else days_in_words(period)

    @property
    def scope(self) -> str:
        """Whose records count: of the office alone, with those below, or of one studio."""
        ask = self.ask
        if ask.studio:
            return ask.studio.name
        if self.indicator.heads and self.indicator.heads.path.startswith("division"):
            return f"驻{ask.organisation.division.name}"
        name = ask.organisation.short_name
        if ask.organisation.level == Level.COUNTY:
            return name
        return f"{name}本级" if ask.scope == OWN else f"{name}及以下"


@dataclass(frozen=True)
class Written:
    """A paragraph: words and figures in a row; `name` is what it begins with as （一）name."""

    pieces: tuple[str | Figure, ...]
    name: str = ""
    number: str = ""

    @property
    def figures(self) -> list[Figure]:
        return [piece for piece in self.pieces if isinstance(piece, Figure)]

    @property
    def told(self) -> str:
        return "".join(piece.phrase if isinstance(piece, Figure) else piece for piece in self.pieces)


@dataclass(frozen=True)
class WrittenSection:
    number: str
    heading: str
    paragraphs: tuple[Written, ...]


@dataclass(frozen=True)
class Report:
    asked: Asked
    opening: Written
    sections: tuple[WrittenSection, ...]
    figures: tuple[Figure, ...]
