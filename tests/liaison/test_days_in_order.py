"""Days from a later to an earlier one are refused in words, also where days may not overlap: to the database they are a fault."""

import pytest
from django.core.exceptions import ValidationError

from liaison.constraints import refusals_in_words
from liaison.models import Base, PartyMembership, Seat, Term
from studios.models import Guidance, Posting
from tests.pages import change, errors, signed_in

pytestmark = pytest.mark.django_db
DAYS = {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}


def backwards(kind: str, office):
    own, person = {"organisation": office.organisation}, {"member": office.member}
    return {
        "term": lambda: Term(number=77, **own, **DAYS),
        "seat": lambda: Seat(term=office.term, sector=office.sectors[0], **person, **own, **DAYS),
        "base": lambda: Base(division=office.division, **person, **DAYS),
        "party": lambda: PartyMembership(party="cdl", **person, **DAYS),
        "posting": lambda: Posting(studio=office.studio, role="lead", **person, **DAYS),
        "guidance": lambda: Guidance(studio=office.studio, special_committee=office.special_committee, **DAYS),
    }[kind]()


@pytest.mark.parametrize("kind", ["term", "seat", "base", "party", "posting", "guidance"])
def test_the_last_day_is_not_before_the_first(cast, kind):
    row = backwards(kind, cast.chengguan)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    sentence = "离任日期不能早于任职日期。" if kind == "seat" else "结束日期不能早于起始日期。"
    assert refused.value.message_dict == {"ends_on": [sentence]}
    with pytest.raises(ValidationError, match=sentence), refusals_in_words():
        type(row).objects.bulk_create([row])


def test_the_page_of_a_member_says_so_in_the_row_and_keeps_what_was_typed(cast):
    office = cast.chengguan
    row = {"bases-TOTAL_FORMS": 2, "bases-1-division": office.division.pk}
    row |= {f"bases-1-{name}": day for name, day in DAYS.items()}
    answer = change(signed_in(office.clerk), "liaison.member", office.member.pk, **row)
    assert errors(answer) == {"bases.ends_on": ["结束日期不能早于起始日期。"]}
    assert 'value="2026-01-01"' in answer.text
    assert office.member.bases.count() == 1
