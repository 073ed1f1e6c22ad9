"""From declared sentences to a report: all figures are read at once, and what would tell of nothing is left out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from string import Formatter

from liaison.periods import Period
from reports import phrases
from reports.ask import Ask
from reports.indicators import INDICATOR, INDICATORS, Indicator
from reports.table import figures, supplements
from reports.text.asked import Asked
from reports.text.kinds import SHORTCOMINGS, TYPICAL_CASES
from reports.text.sentences import MAIN, Told, exactly
from reports.text.shortcomings import shortcomings
from reports.text.telling import Draft, Telling, draft
from reports.text.typical import typical_cases
from reports.text.written import Figure, Report, Written, WrittenSection

Pieces = list[str | Figure]
# (computed, supplemented)
Values = dict[tuple[str, Ask], tuple[Decimal, Decimal]]
Link = Callable[..., str]  # (indicator code, ask, studio=…) → address of the records

NUMBERS = "一二三四五六七八九十"


def write(asked: Asked, link: Link) -> Report:
    """The whole report; the number of queries depends on its sentences, not on the records."""
    kind = asked.kind
    opening = draft((kind.opening,), asked)
    chapters = [draft(section.paragraphs, asked) for section in kind.sections]
    tellings = [telling for chapter in (opening, *chapters) for one in chapter for telling in one.tellings]
    main = Ask(asked.organisation, Period(asked.main.start, asked.main.end))
    values = _read(tellings, main)
    written = [
        (s.heading, [_written(d, values, link) for d in c]) for s, c in zip(kind.sections, chapters, strict=True)
    ]
    wanting = shortcomings(asked, lambda code: _figure(code, exactly(MAIN), main, values[code, main], link))
    last = [(TYPICAL_CASES, typical_cases(asked)), (SHORTCOMINGS, wanting)]
    filled = _filled(written)
    sections = _numbered([*filled, *(last if filled else last[:1])])
    first = _written(opening[0], values, link)
    told = _figures([first, *(p for section in sections for p in section.paragraphs)])
    return Report(asked, first, sections, (*told, *_untold(told, main, values, link)))


def _figures(paragraphs: Iterable[Written]) -> tuple[Figure, ...]:
    """Every figure once, in the order of the text."""
    told = [figure for paragraph in paragraphs for figure in paragraph.figures]
    return tuple({(figure.indicator.code, figure.ask): figure for figure in told}.values())


def _untold(told: tuple[Figure, ...], main: Ask, values: Values, link: Link) -> list[Figure]:
    """The indicators that no sentence tells of, for the table that lists all: of the report's own period. Beside a text
    that tells of nothing they would be a table of noughts."""
    if not told:
        return []
    codes = {figure.indicator.code for figure in told}
    rest = [indicator.code for indicator in INDICATORS if indicator.code not in codes]
    return [_figure(code, exactly(MAIN), main, values[code, main], link) for code in rest]


# --- Figures ---


def _read(tellings: Iterable[Telling], main: Ask) -> Values:
    """Figures that are asked the same way are read together; all of the report's own period."""
    together: dict[Ask, dict[str, Indicator]] = defaultdict(dict, {main: dict(INDICATOR)})
    for telling in tellings:
        for code, ask in telling.asks.items():
            together[ask][code] = INDICATOR[code]
    values: Values = {}
    for ask, indicators in together.items():
        computed, more = figures(indicators.values(), ask), supplements(indicators.values(), ask)
        values |= {(code, ask): (computed[code], more[code]) for code in indicators}
    return values


def _figure(code: str, told: Told, ask: Ask, parts: tuple[Decimal, Decimal], link: Link) -> Figure:
    indicator, value, supplement = INDICATOR[code], sum(parts), parts[1]
    phrase = (told.hedge and phrases.hedged(value, indicator.unit, told.hedge)) or phrases.exact(value, indicator.unit)
    url = link(code, ask, **({"studio": ask.studio.pk} if ask.studio else {}))
    return Figure(indicator, ask, value, phrase + (phrases.SUPPLEMENTED if supplement else ""), url, supplement)


# --- Words ---


def _written(one: Draft, values: Values, link: Link) -> Written:
    pieces = [piece for telling in one.tellings for piece in _sentence(telling, values, link)]
    return Written(tuple(pieces), one.name)


def _sentence(telling: Telling, values: Values, link: Link) -> Pieces:
    """Without the clauses that would tell of nothing; empty if no figure is left."""
    sentence, asks = telling.sentence, telling.asks
    told = {code: _figure(code, how, asks[code], values[code, asks[code]], link) for code, how in sentence.told.items()}
    if not all(told[code].value for code in sentence.needs):
        return []
    clauses = [_clause(clause, told | dict(telling.words)) for clause in sentence.words.removesuffix("。").split("，")]
    left = [clause for clause in clauses if all(piece.value for piece in clause if isinstance(piece, Figure))]
    if told and not any(isinstance(piece, Figure) for clause in left for piece in clause):
        return []
    pieces = [piece for clause in left for piece in (*clause, "，")]
    return [*pieces[:-1], "。"]


def _clause(text: str, said: Mapping[str, str | Figure]) -> Pieces:
    pieces: Pieces = []
    for literal, name, _, _ in Formatter().parse(text):
        pieces += [literal] if literal else []
        pieces += [said[name]] if name else []
    return pieces


def _filled(sections: Iterable[tuple[str, list[Written]]]) -> list[tuple[str, list[Written]]]:
    """Sections with the paragraphs that tell a figure."""
    return [(heading, [paragraph for paragraph in written if paragraph.figures]) for heading, written in sections]


def _numbered(sections: Iterable[tuple[str, list[Written]]]) -> tuple[WrittenSection, ...]:
    """一、二、 for the sections that have something in them, （一）（二） for their named paragraphs."""
    kept = [(heading, paragraphs) for heading, paragraphs in sections if paragraphs]
    return tuple(
        WrittenSection(number, heading, tuple(_named(paragraphs)))
        for number, (heading, paragraphs) in zip(NUMBERS, kept, strict=False)
    )


def _named(paragraphs: Iterable[Written]) -> list[Written]:
    numbers = iter(NUMBERS)
    return [replace(paragraph, number=next(numbers)) if paragraph.name else paragraph for paragraph in paragraphs]
