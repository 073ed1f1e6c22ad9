"""Resources of the ground floor."""

from django.db.models import Prefetch
from django.utils import timezone
from rest_framework import serializers

from liaison.api.resources import Resource, WritableResource
from liaison.api.serializers import RuledSerializer
from liaison.filters import (
    CategoryFilterSet,
    DivisionFilterSet,
    NamedFilterSet,
    OrganisationFilterSet,
    SeatFilterSet,
    SectorFilterSet,
    StandingFilterSet,
)
from liaison.models import Category, Department, Division, Member, Organisation, Seat, Sector, Term
from liaison.privacy import mask_name, mask_phone


class OrganisationSerializer(RuledSerializer):
    code = serializers.CharField(label="区划代码", read_only=True)

    class Meta:
        model = Organisation
        fields = ["id", "code", "name", "short_name", "level", "parent", "letters"]


class OrganisationResource(Resource):
    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilterSet
    # The nation's path is empty, and a mark of one empty word would be none.
    keys = ("path", "id")


class DivisionSerializer(RuledSerializer):
    class Meta:
        model = Division
        fields = ["id", "code", "name", "level", "parent"]


class DivisionResource(Resource):
    queryset = Division.objects.all()
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilterSet
    keys = ("code", "id")


class CategorySerializer(RuledSerializer):
    class Meta:
        model = Category
        fields = ["id", "name", "parent", "order", "is_active"]


class CategoryResource(Resource):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilterSet
    keys = ("order", "id")


class SectorSerializer(RuledSerializer):
    class Meta:
        model = Sector
        fields = ["id", "organisation", "name", "standard_code", "order"]


class SectorResource(Resource):
    queryset = Sector.objects.all()
    serializer_class = SectorSerializer
    filterset_class = SectorFilterSet
    keys = ("pinyin", "id")


class TermSerializer(RuledSerializer):
    class Meta:
        model = Term
        fields = ["id", "organisation", "number", "starts_on", "ends_on"]


class TermResource(Resource):
    queryset = Term.objects.all()
    serializer_class = TermSerializer
    filterset_class = StandingFilterSet
    # A handful in each office.
    keys = ("-starts_on", "-id")


class DepartmentSerializer(RuledSerializer):
    masked = {"contact": mask_name, "phone": mask_phone}

    class Meta:
        model = Department
        fields = ["id", "organisation", "name", "contact", "phone"]


class DepartmentResource(Resource):
    queryset = Department.objects.all()
    serializer_class = DepartmentSerializer
    filterset_class = NamedFilterSet
    keys = ("pinyin", "id")


class SeatLineSerializer(serializers.Serializer):
    """The directory line: open to whoever sees the member."""

    organisation = serializers.CharField(label="政协组织", source="organisation.short_name")
    sector = serializers.CharField(label="界别", source="sector.name")
    duty = serializers.ChoiceField(label="职务", choices=Seat.Duty)


class MemberSerializer(RuledSerializer):
    # Of a guest from elsewhere only the directory line is open: name, office, seats.
    GUESTS_EMPTY = {
        "gender": "", "birth_year": None, "ethnicity": "", "employer": "", "post": "", "phone": "", "expertise": [],
    }  # fmt: skip
    masked = {"phone": mask_phone}

    seats = SeatLineSerializer(label="现任", source="seats_today", many=True, read_only=True)

    class Meta:
        model = Member
        fields = [
            "id", "organisation", "name", "gender", "birth_year", "ethnicity", "employer", "post", "phone", "expertise",
            "seats",
        ]  # fmt: skip

    def to_representation(self, member):
        shown = super().to_representation(member)
        return shown if self.account.scope.holds(member.organisation) else shown | self.GUESTS_EMPTY


class MemberResource(WritableResource):
    notes = {"list": "本单位及下级登记、任职或居住在本地的委员。外地委员只给出姓名、单位和现任。"}
    queryset = Member.objects.unmerged().select_related("organisation")
    serializer_class = MemberSerializer
    filterset_class = NamedFilterSet
    keys = ("pinyin", "id")

    def get_queryset(self):
        seats = Seat.objects.standing_on(timezone.localdate()).select_related("organisation", "sector")
        return super().get_queryset().prefetch_related(Prefetch("seats", seats, to_attr="seats_today"))


class SeatSerializer(RuledSerializer):
    """By keys alone: who the member is tells the member's own address, as far as it is open to whoever asks."""

    class Meta:
        model = Seat
        fields = [
            "id", "member", "organisation", "term", "sector", "special_committee", "groups", "duty", "starts_on", "ends_on",
        ]  # fmt: skip


class SeatResource(WritableResource):
    notes = {
        "list": "本单位及下级的任职。外地委员在其他政协组织的任职不列，现任见委员的 seats。",
        "partial_update": "离任填写 ends_on（离任当天仍算在任）；任职不删除。",
    }
    queryset = Seat.objects.prefetch_related("groups")
    serializer_class = SeatSerializer
    filterset_class = SeatFilterSet


RESOURCES = {
    "organisations": OrganisationResource, "divisions": DivisionResource, "categories": CategoryResource,
    "terms": TermResource, "sectors": SectorResource, "departments": DepartmentResource, "members": MemberResource,
    "seats": SeatResource,
}  # fmt: skip
