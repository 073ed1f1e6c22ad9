"""Which months of which organisations a recount covers; the same statements serve all three scopes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from liaison.models import Organisation

# A batch that touches more than this share of all organisations in a month recounts the month whole.
WHOLE_MONTH_SHARE = 0.25
WHOLE_MONTH_LEAST = 50


@dataclass(frozen=True)
class Everything:
    """All facts. `touched` names the months, `facts` and `cells` narrow down to them, `above` lists (id, path, month)
    of the organisations whose sums depend on them."""

    params: list = field(default_factory=list)
    touched = "SELECT 1"
    facts = ""
    cells = "true"
    above = (
        "SELECT a.id, a.path, m.month FROM liaison_organisation a CROSS JOIN "
        "(SELECT DISTINCT month FROM reports_cell UNION SELECT DISTINCT starts_on FROM reports_rolled) m (month) "
        "WHERE a.level <> 'county'"
    )


@dataclass(frozen=True)
class Months(Everything):
    """Whole months, of every organisation."""

    touched = "SELECT month, (month + interval '1 month')::date AS following FROM unnest(%s::date[]) AS n (month)"
    facts = "JOIN touched t ON f.day >= t.month AND f.day < t.following"
    cells = "c.month IN (SELECT month FROM touched)"
    above = "SELECT a.id, a.path, t.month FROM liaison_organisation a CROSS JOIN touched t WHERE a.level <> 'county'"


@dataclass(frozen=True)
class Pairs(Everything):
    """Some organisations' months."""

    touched = (
        "SELECT owner, month, (month + interval '1 month')::date AS following "
        "FROM unnest(%s::bigint[], %s::date[]) AS n (owner, month)"
    )
    facts = "JOIN touched t ON f.owner = t.owner AND f.day >= t.month AND f.day < t.following"
    cells = "(c.organisation_id, c.month) IN (SELECT owner, month FROM touched)"
    above = (
        "SELECT DISTINCT a.id, a.path, t.month FROM touched t JOIN liaison_organisation o ON o.id = t.owner "
        "JOIN liaison_organisation a ON o.path LIKE a.path || '%%' AND a.level <> 'county'"
    )


def split(noted: set[tuple[int, date]]) -> list[Everything]:
    """Noted (organisation, month) pairs as scopes: months touched all over are recounted whole, the rest as pairs."""
    if not noted:
        return []
    per_month = Counter(month for _, month in noted)
    limit = max(WHOLE_MONTH_LEAST, WHOLE_MONTH_SHARE * Organisation.objects.count())
    whole = sorted(month for month, count in per_month.items() if count > limit)
    pairs = sorted((owner, month) for owner, month in noted if month not in set(whole))
    scopes = [Months([whole])] if whole else []
    if pairs:
        scopes.append(Pairs([[owner for owner, _ in pairs], [month for _, month in pairs]]))
    return scopes
