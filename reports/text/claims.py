"""What a report may only say if it is so."""

from datetime import date

from liaison.models import ActivityGroup, Organisation, Seat
from liaison.periods import EPOCH, between
from reports.indicators import INDICATOR


def everyone_is_in_a_committee(organisation: Organisation, day: date) -> bool:
    """全员入委: no seat of the organisation itself is outside the special committees."""
    return not Seat.objects.standing_on(day).of(organisation, "own").outside_committees().exists()


def party_members_are_in_their_groups(organisation: Organisation, day: date) -> bool:
    """Every 中共 member of the organisation itself is in a group of party members."""
    of_party = INDICATOR["party_members"].heads.during(between(EPOCH, day)).of(organisation, "own")
    return not of_party.exclude(groups__kind=ActivityGroup.Kind.PARTY).exists()
