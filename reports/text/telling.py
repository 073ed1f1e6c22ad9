"""What each sentence is told of: the organisation, the part below it that is an example, or a model studio."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Case, Value, When

from liaison.models import Organisation
from liaison.periods import RELATIVE, Period
from reports.ask import Ask
from reports.indicators import INDICATOR
from reports.table import by_organisation
from reports.text.asked import Asked
from reports.text.sentences import MAIN, Paragraph, Sentence
from reports.text.words import whole, words_of_period, words_of_place
from studios.models import Studio

MOST_MODEL_STUDIOS = 4


@dataclass(frozen=True)
class Telling:
    """A sentence with the question behind each of its figures and the words it may use."""

    sentence: Sentence
    asks: Mapping[str, Ask]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Draft:
    """A paragraph whose figures are not read yet; `name`: the model studio it is of."""

    tellings: tuple[Telling, ...]
    name: str = ""


def draft(paragraphs: Iterable[Paragraph], asked: Asked) -> list[Draft]:
    words = words_of_place(asked.organisation) | {
        code: words_of_period(asked.period(code), asked.last) for code in (MAIN, *RELATIVE)
    }
    return [
        Draft(tuple(_tell(sentence, asked, words, studio) for sentence in paragraph.sentences), studio.name if studio else "")
        for paragraph in paragraphs
        for studio in (model_studios(asked) if paragraph.each_model_studio else [None])
    ]  # fmt: skip


def _tell(sentence: Sentence, asked: Asked, words: Mapping[str, str], studio: Studio | None) -> Telling:
    if sentence.holds and not sentence.holds(asked.organisation, asked.last):
        sentence = sentence.otherwise
    organisation = asked.organisation
    if sentence.example:
        organisation = _example(sentence, asked)
        is_whole = organisation == asked.organisation
        words = {**words, "part": whole(organisation) if is_whole else organisation.division.name}
    return Telling(sentence, dict(_asks(sentence, asked, organisation, studio)), words)


def _asks(
    sentence: Sentence, asked: Asked, organisation: Organisation, studio: Studio | None
) -> Iterator[tuple[str, Ask]]:
    for code, told in sentence.told.items():
        period = asked.period(told.period)
        # Without its code, so that figures of the same days are asked together whatever the days are called.
        yield code, Ask(organisation, Period(period.start, period.end), told.scope, studio)


def _example(sentence: Sentence, asked: Asked) -> Organisation:
    """The organisation directly below with most of the figure; the organisation itself where nothing is below it."""
    code = sentence.example
    rows = by_organisation([INDICATOR[code]], Ask(asked.organisation, asked.period(sentence.told[code].period)))
    parts = [(values[code], part) for part, _, values in rows if part != asked.organisation]
    return max(parts, key=lambda row: row[0])[1] if parts else asked.organisation


def model_studios(asked: Asked) -> list[Studio]:
    """示范工作室 of the last day, the highest level first."""
    levels = (Studio.ModelLevel.PROVINCE, Studio.ModelLevel.CITY, Studio.ModelLevel.COUNTY)
    rank = Case(*(When(model_level=level, then=Value(n)) for n, level in enumerate(levels)))
    found = Studio.objects.of(asked.organisation).open_on(asked.last).filter(model_level__in=levels)
    return list(found.order_by(rank, "pinyin", "id")[:MOST_MODEL_STUDIOS])
