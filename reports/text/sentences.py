"""What a report says, declared: a sentence is its words with the figures they need.

In the words {name} stands for a figure told beside them, or for one of the words of words.py ({whole}, {main}).
A clause (up to the next comma) with a figure of 0 is left out, and a sentence with none of its figures left.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from liaison.models import Organisation

# The period that the report as a whole is of; the other codes are those of liaison.periods.RELATIVE.
MAIN = "main"
OWN, SUBTREE = "own", "subtree"

# Whether something that no figure shows is true of an organisation on a day.
Claim = Callable[[Organisation, date], bool]


@dataclass(frozen=True)
class Told:
    """How a figure is told. `hedge`: 余 or 多 behind a floored number; empty: to the last digit."""

    period: str
    scope: str = SUBTREE
    hedge: str = ""


@dataclass(frozen=True)
class Sentence:
    """needs: figures without which the whole sentence is pointless; example: the figure whose largest part, an
    organisation directly below, the sentence is told of; holds: else `otherwise` is said."""

    words: str
    told: dict[str, Told] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    example: str = ""
    holds: Claim | None = None
    otherwise: "Sentence | None" = None


@dataclass(frozen=True)
class Paragraph:
    """Sentences in a row; `each_model_studio`: once for every model studio, under its name."""

    sentences: tuple[Sentence, ...]
    each_model_studio: bool = False


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Kind:
    """A way to build a report; `name` is what the office chooses it by."""

    code: str
    name: str
    title: tuple[str, ...]
    opening: Paragraph
    sections: tuple[Section, ...]
    closing: str


def exactly(period: str = "cum", scope: str = SUBTREE) -> Told:
    return Told(period, scope)


def about(period: str = "cum", scope: str = SUBTREE, hedge: str = "多") -> Told:
    return Told(period, scope, hedge)


def say(words: str, *, needs=(), example="", holds=None, otherwise=None, **told: Told) -> Sentence:
    return Sentence(words, told, needs, example, holds, otherwise)


def paragraph(*sentences: Sentence) -> Paragraph:
    return Paragraph(sentences)


def each_model_studio(*sentences: Sentence) -> Paragraph:
    return Paragraph(sentences, each_model_studio=True)
