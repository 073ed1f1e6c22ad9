"""What may happen to people: acts on seats, bases, parties, postings and praise, beside those on records (town.py)."""

from datetime import date, timedelta

from activities.models import MediaReport
from liaison.models import Base, Member, Party, PartyMembership, Seat
from studios.models import Posting
from tests.cast import Office


class Townspeople:
    """Part of a run; `_add`, `_one` and `_numbers` are the town's."""

    def add_a_member(self, pick: int, office: Office, day: date, n: int):
        member = self._add(Member.objects.create(organisation=office.organisation, name="新委员"))
        until = day + timedelta(days=20 * n) if pick % 2 else None
        self._add(Base.objects.create(member=member, division=office.division, starts_on=day, ends_on=until))
        party = (Party.CPC, Party.CDL)[n % 2]
        self._add(PartyMembership.objects.create(member=member, party=party, starts_on=day, ends_on=until))
        self._seat(member, office, day, until, pick)

    def add_a_seat(self, pick: int, office: Office, day: date, n: int):
        """In any county, for some days or one."""
        self._seat(self._one(Member, pick), self.offices[n % 3], day, day + timedelta(days=n // 3), n)

    def _seat(self, member: Member, office: Office, day: date, until: date | None, pick: int):
        committee = office.special_committee if pick % 3 else None
        place = {"organisation": office.organisation, "term": office.term, "sector": office.sectors[pick % 2]}
        self._add(
            Seat.objects.create(member=member, special_committee=committee, starts_on=day, ends_on=until, **place)
        )

    def add_a_posting(self, pick: int, office: Office, day: date, n: int):
        role = (Posting.Role.LEAD, Posting.Role.MEMBER)[bool(n % 3)]
        member, until = self._one(Seat, pick).member, day + timedelta(days=n // 3)
        self._add(Posting.objects.create(studio=office.studio, member=member, role=role, starts_on=day, ends_on=until))

    def add_praise(self, pick: int, office: Office, day: date, n: int):
        member, words = self._one(Member, pick), {"title": "报道", "outlet": "日报", "level": "city"}
        report = MediaReport.objects.create(organisation=office.organisation, published_on=day, **words)
        report.praised.add(member)
        self._add(report)

    def change_what_stands_of_people(self, pick: int, office: Office, day: date, n: int):
        model = (Seat, Base, PartyMembership, Posting)[n % 4]
        until = (None, day + timedelta(days=n))[pick % 2]
        model.objects.filter(pk=self._one(model, pick).pk).update(starts_on=day, ends_on=until)

    def change_who_it_is(self, pick: int, office: Office, day: date, n: int):
        model = (Seat, Base, PartyMembership, Posting)[n % 4]
        model.objects.filter(pk=self._one(model, pick).pk).update(member=self._one(Member, n))

    def change_where_it_is(self, pick: int, office: Office, day: date, n: int):
        Base.objects.filter(pk=self._one(Base, pick).pk).update(division=office.division)
        Seat.objects.filter(pk=self._one(Seat, n).pk).update(
            organisation=office.organisation, term=office.term, sector=office.sectors[n % 2], special_committee=None
        )

    def change_the_party(self, pick: int, office: Office, day: date, n: int):
        party = (Party.CPC, Party.JIUSAN)[n % 2]
        PartyMembership.objects.filter(pk=self._one(PartyMembership, pick).pk).update(party=party)

    def change_a_role(self, pick: int, office: Office, day: date, n: int):
        role = (Posting.Role.MEMBER, Posting.Role.LEAD)[n % 2]
        Posting.objects.filter(pk=self._one(Posting, pick).pk).update(role=role)

    def end_the_lead(self, pick: int, office: Office, day: date, n: int):
        """So that another may lead from then on."""
        Posting.objects.filter(studio=office.studio, role=Posting.Role.LEAD, starts_on__lte=day).update(ends_on=day)

    def change_a_report(self, pick: int, office: Office, day: date, n: int):
        report = self._one(MediaReport, pick)
        MediaReport.objects.filter(pk=report.pk).update(published_on=day, level=("city", "county")[n % 2])

    def change_who_is_praised(self, pick: int, office: Office, day: date, n: int):
        self._one(MediaReport, pick).praised.set([self._one(Member, n)] if n % 3 else [])

    def delete_what_stands_of_people(self, pick: int, office: Office, day: date, n: int):
        row = self._one((Seat, Base, PartyMembership, Posting)[n % 4], pick)
        row.delete()
        self.made.remove(row)

    def merge_two_new_members(self, pick: int, office: Office, day: date, n: int):
        """The one seated in some county, the other on another day in any."""
        one, twin = self._one(Member, pick), Member.objects.create(organisation=office.organisation, name="同一人")
        self._seat(twin, self.offices[n % 3], day, day, n)
        one.merge(twin)
