"""指标口径: what every figure means, out of which records it comes, and whether it was proven lately."""

from itertools import groupby

from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from reports.asking import freshness, must_read_totals
from reports.indicators import INDICATORS, Indicator, Kind
from reports.ratios import RATIOS

KINDS = {
    Kind.FLOW: "时段内发生的逐项相加",
    Kind.STOCK: "时段最后一天的存量",
    Kind.DISTINCT: "不同月份、不同单位之间不相加",
}


@require_GET
def definitions(request):
    """Two queries, whatever the number of indicators."""
    must_read_totals(request)
    groups = [(name, [line(i) for i in found]) for name, found in groupby(INDICATORS, lambda i: i.group)]
    context = {
        "groups": groups,
        "kinds": [(kind.words, said) for kind, said in KINDS.items()],
        "total": len(INDICATORS),
        "ratios": RATIOS,
    } | freshness()
    return TemplateResponse(request, "reports/definitions.html", context)


def line(indicator: Indicator) -> dict:
    tables = "、".join(str(model._meta.verbose_name) for model in indicator.models)
    return {"indicator": indicator, "kind": indicator.kind.words, "tables": tables}
