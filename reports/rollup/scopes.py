"""Which months of which organisations a recount covers; the same statements serve every scope."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, product

from django.db import connection

from liaison.models import Organisation
from reports.rollup.tree import Tree

# A batch that touches more than this share of all organisations in a month recounts the month whole.
WHOLE_MONTH_SHARE = 0.25
WHOLE_MONTH_LEAST = 50
# More whole months than this are read by one pass over the table: by index it might be read in any order, row by row.
MOST_WHOLE_MONTHS = 24
# Everything is recounted in so many parts, more than there are processes for one statement: they end at about the same time.
SHARES = 6


@dataclass(frozen=True)
class Everything:
    """All facts. `touched` names the months, `facts` (f, out of a query of all facts) and `cells` narrow down to them,
    `above` lists (office, month) of the sums of one source that depend on them."""

    params: list = field(default_factory=list)
    touched = "SELECT 1"
    cells = "true"

    def facts(self, all_facts: str) -> str:
        return f"({all_facts}) f"

    def above(self, tree: Tree, code: str) -> list[tuple[int, date]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT month FROM reports_cell WHERE source = %s "
                "UNION SELECT starts_on FROM reports_rolled WHERE grain = 'month' AND source = %s",
                [code, code],
            )
            months = [month for (month,) in cursor]
        return list(product(tree.depth, months))


@dataclass(frozen=True)
class Share(Everything):
    """All facts of the offices from one id until before another; a bound of None is none."""

    first: int | None = None
    following: int | None = None

    def facts(self, all_facts: str) -> str:
        return f"(SELECT * FROM ({all_facts}) a WHERE {self._holds('a.owner')}) f"

    @property
    def cells(self) -> str:
        return self._holds("t.organisation_id")

    def _holds(self, office: str) -> str:
        bounds = ((">=", self.first), ("<", self.following))
        return " AND ".join(f"{office} {sign} {bound}" for sign, bound in bounds if bound is not None)


def shares(scope: Everything) -> list[Everything]:
    """What is recounted side by side: of everything about as many offices in each part, of less the scope alone."""
    ids = list(Organisation.objects.order_by("id").values_list("id", flat=True)) if scope == Everything() else []
    if len(ids) < SHARES:
        return [scope]
    cuts = [ids[len(ids) * n // SHARES] for n in range(1, SHARES)]
    return [Share([], *bounds) for bounds in pairwise((None, *cuts, None))]


def each_touched(all_facts: str, is_touched: str) -> str:
    """One read of an index for each of `touched`. OFFSET 0 keeps the planner from joining the two sets instead: behind
    row-level security it would then read the whole table."""
    return f"touched t CROSS JOIN LATERAL (SELECT * FROM ({all_facts}) a WHERE {is_touched} OFFSET 0) f"


@dataclass(frozen=True)
class Months(Everything):
    """Whole months, of every organisation."""

    touched = "SELECT month, (month + interval '1 month')::date AS following FROM unnest(%s::date[]) AS n (month)"
    cells = "t.month IN (SELECT month FROM touched)"

    def facts(self, all_facts: str) -> str:
        return each_touched(all_facts, "a.day >= t.month AND a.day < t.following")

    def above(self, tree: Tree, code: str) -> list[tuple[int, date]]:
        return list(product(tree.depth, self.params[0]))


@dataclass(frozen=True)
class Pairs(Everything):
    """Some organisations' months."""

    touched = (
        "SELECT owner, month, (month + interval '1 month')::date AS following "
        "FROM unnest(%s::bigint[], %s::date[]) AS n (owner, month)"
    )
    cells = "(t.organisation_id, t.month) IN (SELECT owner, month FROM touched)"

    def facts(self, all_facts: str) -> str:
        return each_touched(all_facts, "a.owner = t.owner AND a.day >= t.month AND a.day < t.following")

    def above(self, tree: Tree, code: str) -> list[tuple[int, date]]:
        pairs = zip(*self.params, strict=True)
        return sorted({(above, month) for owner, month in pairs for above in tree.chain.get(owner, ())})


def split(noted: set[tuple[int, date]]) -> list[Everything]:
    """Noted (organisation, month) pairs as scopes: months touched all over are recounted whole, the rest as pairs; where
    there are many such months, everything is."""
    if not noted:
        return []
    per_month = Counter(month for _, month in noted)
    limit = max(WHOLE_MONTH_LEAST, WHOLE_MONTH_SHARE * Organisation.objects.count())
    whole = sorted(month for month, count in per_month.items() if count > limit)
    if len(whole) > MOST_WHOLE_MONTHS:
        return [Everything()]
    pairs = sorted((owner, month) for owner, month in noted if month not in set(whole))
    scopes = [Months([whole])] if whole else []
    if pairs:
        scopes.append(Pairs([[owner for owner, _ in pairs], [month for _, month in pairs]]))
    return scopes
