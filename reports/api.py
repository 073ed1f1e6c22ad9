"""Figures for programs: the same values as on the pages, each with the address of the records behind it."""

from collections.abc import Iterable, Iterator

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from liaison.api.resources import Known
from liaison.api.serializers import StrictSerializer
from liaison.periods import PeriodError, parse
from reports import breakdown, phrases, slices
from reports.ask import Ask
from reports.asking import PARTS, SCOPES, organisation_of, rows_link
from reports.indicators import INDICATOR, INDICATORS, Indicator, Kind
from reports.models import Cell
from reports.ratios import RATIOS, Ratio
from reports.rollup import oldest_note
from reports.table import Values, figures, supplements

KINDS = [(kind.value, kind.words) for kind in Kind]
ONE_INDICATOR = "这样分组时请用 indicator 指明一个指标。"


class AskedSerializer(StrictSerializer):
    """What the address asks for; raises ValidationError with a sentence beside each parameter."""

    indicator = serializers.ChoiceField(
        [(i.code, i.name) for i in INDICATORS], required=False, label="指标，不写为全部。"
    )
    org = serializers.RegexField("^[0-9]{6}$", required=False, label="政协组织的六位区划代码，不写为本单位。")
    period = serializers.CharField(
        required=False,
        max_length=40,
        label="时段，如 2026、2026-11、2026Q3、2026H1、2026-01-01..2026-06-30、ytd；不写为今年。",
    )
    scope = serializers.ChoiceField(list(SCOPES.items()), default="subtree", label="范围")
    by = serializers.ChoiceField(list(breakdown.WORDS.items()), required=False, label="分组")
    studio = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, label="只算一个委员工作室。")
    special_committee = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, label="只算一个专委会。"
    )
    programme = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, label="只算一项专项工作。")

    def validate_period(self, written: str):
        try:
            return parse(written, timezone.localdate())
        except PeriodError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs):
        if by := attrs.get("by"):
            self._must_be_possible(by, INDICATOR.get(attrs.get("indicator")))
        return attrs

    def _must_be_possible(self, by: str, indicator: Indicator | None):
        if by != breakdown.PLACES and indicator is None:
            raise serializers.ValidationError({"by": ONE_INDICATOR})
        if by != breakdown.PLACES and by not in breakdown.of(indicator):
            raise serializers.ValidationError({"by": f"“{indicator}”不能按{breakdown.WORDS[by]}分组。"})

    def ask(self, account) -> Ask:
        """404 for another office, studio, committee or programme, as for one that is not there."""
        asked = self.validated_data
        organisation = organisation_of(account, asked.get("org"))
        parts = {
            name: get_object_or_404(model.objects.visible_to(account), pk=asked[name])
            for name, model in PARTS.items()
            if name in asked
        }
        period = asked.get("period") or parse(str(timezone.localdate().year), timezone.localdate())
        return Ask(organisation, period, asked["scope"], **parts)


class PartSerializer(serializers.Serializer):
    key = serializers.CharField(label="分组的键", help_text="区划代码、月份、编号或取值；空为未填写。")
    name = serializers.CharField(label="名称")
    value = serializers.DecimalField(20, 2, normalize_output=True, label="数值")
    rows = serializers.URLField(label="记录所在的网页")


class FigureSerializer(serializers.Serializer):
    indicator = serializers.CharField(label="指标代码")
    name = serializers.CharField(label="指标")
    unit = serializers.CharField(label="单位")
    kind = serializers.ChoiceField(KINDS, label="计法")
    value = serializers.DecimalField(20, 2, normalize_output=True, label="数值")
    supplement = serializers.DecimalField(
        20, 2, normalize_output=True, label="补录", help_text="经审批、没有逐条记录的数字，不含在数值和分组内。"
    )
    phrase = serializers.CharField(label="文稿中的说法")
    rows = serializers.URLField(label="记录所在的网页")
    parts = PartSerializer(many=True, label="分组", help_text="去重计数各部分之和可以大于总数。")


class RatioSerializer(serializers.Serializer):
    ratio = serializers.CharField(label="比率代码")
    name = serializers.CharField(label="比率")
    part = serializers.CharField(label="分子的指标代码")
    whole = serializers.CharField(label="分母的指标代码")
    value = serializers.DecimalField(
        4, 1, allow_null=True, label="百分数", help_text="一位小数，去尾不进位；分母为 0 时为空。"
    )


class FiguresSerializer(serializers.Serializer):
    """waiting_since: the oldest change that the figures do not have yet, if any."""

    organisation = serializers.CharField(label="政协组织")
    org = serializers.CharField(label="区划代码")
    scope = serializers.ChoiceField(list(SCOPES.items()), label="范围")
    first = serializers.DateField(label="第一天")
    last = serializers.DateField(label="最后一天")
    as_of = serializers.DateTimeField(label="统计时间")
    waiting_since = serializers.DateTimeField(allow_null=True, label="最早一条尚未汇总的变动")
    figures = FigureSerializer(many=True, label="统计数字")
    ratios = RatioSerializer(many=True, label="比率", help_text="问全部指标时才有；不含补录。")


class FiguresResource(Known):
    """Cost as on the dashboard: by the number of indicators, never of records."""

    queryset = Cell.objects.none()
    serializer_class = FiguresSerializer
    pagination_class, filter_backends = None, ()
    words = "统计数字"

    def parameters(self) -> set[str]:
        return set(AskedSerializer().fields)

    @extend_schema(parameters=[AskedSerializer], responses=forced_singular_serializer(FiguresSerializer))
    def list(self, request):
        asked = AskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        # Before the figures are read: a change that comes between the two is waiting rather than forgotten.
        waiting, ask = oldest_note(), asked.ask(request.user)
        code, by = asked.validated_data.get("indicator"), asked.validated_data.get("by")
        indicators = [INDICATOR[code]] if code else list(INDICATORS)
        values = figures(indicators, ask)
        answer = {
            "organisation": ask.organisation.name, "org": ask.organisation.code, "scope": ask.scope,
            "first": ask.period.start, "last": ask.period.last, "as_of": timezone.now(), "waiting_since": waiting,
            "figures": [*_figures(request, indicators, ask, by, values)],
            "ratios": [] if code else [_ratio(one, values) for one in RATIOS],
        }  # fmt: skip
        return Response(self.get_serializer(answer).data)


def _ratio(ratio: Ratio, values: Values) -> dict:
    return {
        "ratio": ratio.code, "name": ratio.name, "part": ratio.part, "whole": ratio.whole, "value": ratio.of(values),
    }  # fmt: skip


def _figures(request, indicators: Iterable[Indicator], ask: Ask, by: str | None, values: Values) -> Iterator[dict]:
    more = supplements(indicators, ask)
    found = breakdown.parts(indicators, ask, by, request.user) if by else {}

    def rows(indicator: Indicator, ask: Ask, **more: str) -> str:
        return request.build_absolute_uri(rows_link(indicator.code, ask, **more))

    for i in indicators:
        parts = [
            {"key": part.key, "name": part.name, "value": part.value, "rows": rows(i, part.ask, **part.query)}
            for part in found.get(i.code, ())
        ]
        yield {
            "indicator": i.code, "name": i.name, "unit": i.unit, "kind": i.kind.value, "value": values[i.code],
            "supplement": more[i.code], "phrase": phrases.hedged(values[i.code], i.unit), "rows": rows(i, ask), "parts": parts,
        }  # fmt: skip


class IndicatorSerializer(serializers.Serializer):
    code = serializers.CharField(label="代码")
    group = serializers.CharField(label="类别")
    name = serializers.CharField(label="指标")
    unit = serializers.CharField(label="单位")
    kind = serializers.ChoiceField(KINDS, label="计法")
    definition = serializers.CharField(label="口径")
    since = serializers.CharField(label="口径自哪个版本起")
    dimensions = serializers.ListField(
        child=serializers.ChoiceField(list(slices.BREAKDOWNS.items())), label="可按什么分组"
    )


class IndicatorsResource(Known):
    """What can be asked for; no query."""

    queryset = Cell.objects.none()
    serializer_class = IndicatorSerializer
    pagination_class, filter_backends = None, ()
    words = "指标口径"

    def parameters(self) -> set[str]:
        return set()

    def list(self, request):
        told = [
            {
                "code": i.code, "group": i.group, "name": i.name, "unit": i.unit, "kind": i.kind.value,
                "definition": i.definition, "since": i.since, "dimensions": slices.dimensions_of(i),
            }
            for i in INDICATORS
        ]  # fmt: skip
        return Response(self.get_serializer(told, many=True).data)


RESOURCES = {"figures": FiguresResource, "indicators": IndicatorsResource}
