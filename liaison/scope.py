"""Who may see which rows: the first of the two walls (SECURITY.md)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db import models
from django.db.models import Q

ELSEWHERE = "所选工作室不属于这个政协组织。"


@dataclass(frozen=True)
class Scope:
    """What one account may reach.

    paths: division paths whose organisations it sees whole (clerk, leader); "" is the nation.
    seen: says the keys of the organisations that lie in these paths; asked only where rows of offices are.
    member, account: for what is one's own; departments: for cases handed to a department.
    offices, below: paths of the organisations a clerk works for, and of those whose subtree it records for (代录).
    officer: the account of a liaison officer, who sees and writes for the studios that name it.
    kept: paths whose accounts and organisations an administrator keeps; no business rows follow from it.
    """

    paths: tuple[str, ...] = ()
    seen: Callable[[], Sequence[int]] = tuple
    member: int | None = None
    account: int | None = None
    departments: tuple[int, ...] = ()
    offices: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    officer: int | None = None
    kept: tuple[str, ...] = ()

    def within(self, lookup: str) -> Q:
        """Rows whose `lookup` (an organisation's or division's path) lies in the account's subtree."""
        if "" in self.paths or not (office := office_of(lookup)):
            return under(lookup, self.paths)
        return Q(**{f"{office}__in": self.seen()})

    def holds(self, organisation) -> bool:
        """Whether the account sees the organisation whole."""
        return any(organisation.path.startswith(path) for path in self.paths)

    def working(self, lookup: str) -> Q:
        """Rows of the offices the account works for, and of those it records for."""
        return Q(**{f"{lookup}__in": self.offices}) | under(lookup, self.below)


def under(lookup: str, paths: tuple[str, ...]) -> Q:
    """Rows whose `lookup` begins with one of the paths; "" is the nation and takes in everything."""
    if "" in paths:
        return ~Q(pk__in=())
    condition = Q(pk__in=())
    for path in paths:
        condition |= Q(**{f"{lookup}__startswith": path})
    return condition


def office_of(lookup: str) -> str:
    """The foreign key of an organisation's path ("reception_day__organisation"), "" for the path of anything else.

    By its key an index leads to an office's latest rows, and a city's or a province's are met on the way down an index of days:
    behind row-level security the beginning of a path is compared row by row, with ten million of them.
    """
    office, _, last = lookup.rpartition("__")
    return office if last == "path" and office.endswith("organisation") else ""


def within(lookup: str, organisation, scope: str = "subtree") -> Q:
    """Rows whose `lookup` is the path of this organisation ("own"), or lies in its subtree."""
    if (scope == "own" or organisation.is_lowest) and (office := office_of(lookup)):
        return Q(**{office: organisation.pk})
    return Q(**{lookup if scope == "own" else f"{lookup}__startswith": organisation.path})


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows whom its rows may be shown to, and who may write them.

    `path` names the lookup of the owning organisation's path. Models whose rows also belong to a person say so in
    `own(scope)`. `owners` are the foreign keys through which a new row comes to belong to an office: they may only
    name what the account may write, while any other key may name whatever it may see.
    """

    path = "organisation__path"
    owners = ("organisation", "studio")

    def own(self, scope: Scope) -> Q:
        """Rows that are the person's own, besides those of the subtree; nothing unless a model says more."""
        return Q(pk__in=())

    def visible_to(self, account):
        """Rows the account may read. Nothing for an anonymous or business-less account."""
        if not account.is_authenticated:
            return self.none()
        scope = account.scope
        if "" in scope.paths:
            return self.all()
        return self.filter(scope.within(self.path) | self.own(scope) | self.kept(scope))

    def kept(self, scope: Scope) -> Q:
        """Rows that administrators keep: none unless a model says more, for they see no business rows."""
        return Q(pk__in=())

    def writable_by(self, account):
        """Rows the account may change: its office's, those it records for, its own studios' as their officer."""
        if not account.is_authenticated:
            return self.none()
        scope = account.scope
        as_officer = self.own(Scope(account=scope.officer, officer=scope.officer))
        return self.filter(scope.working(self.path) | as_officer | self.kept(scope))

    def choosable_by(self, account):
        """Rows the account may name in a form."""
        return self.visible_to(account)

    def owned_by(self, account):
        """Rows that are the account's own to work on; to be narrowed from `visible_to`. A clerk may be named by a studio too."""
        return self.filter(self.own(replace(account.scope, officer=account.scope.account)))

    def of(self, organisation, scope: str = "subtree"):
        """Rows of one organisation alone ("own") or with everything below it ("subtree")."""
        return self.filter(within(self.path, organisation, scope))


class KeptQuerySet(ScopedQuerySet):
    """Rows that administrators keep: accounts, what they are granted, and the trail of what they did."""

    def kept(self, scope: Scope) -> Q:
        return under(self.path, scope.kept)


def choices(field, account):
    """Rows that the account may name in a foreign key or many-to-many field of a form."""
    rows = field.remote_field.model._default_manager.all()
    if not isinstance(rows, ScopedQuerySet):
        return rows
    owners = getattr(field.model._default_manager.all(), "owners", ())
    return rows.writable_by(account) if field.name in owners else rows.choosable_by(account)


def also(rows, keys):
    """`rows` and those with the given keys: what a record names already may stay."""
    return rows.model._default_manager.filter(Q(pk__in=rows.order_by().values("pk")) | Q(pk__in=keys))


def may_write(account, record) -> bool:
    """Whether the record is one the account may write; asked once per record and request."""
    if record is None or record.pk is None:
        return True
    if not hasattr(record, "_may_be_written"):
        rows = type(record)._default_manager.writable_by(account)
        record._may_be_written = rows.filter(pk=record.pk).exists()
    return record._may_be_written


def stands_elsewhere(model, studio, office: int | None) -> bool:
    """Whether a record of this office is put into a studio of another one, where both come from its own choice."""
    owners = getattr(model._default_manager.all(), "owners", ())
    return bool(studio and office and {"organisation", "studio"} <= {*owners} and studio.organisation_id != office)
