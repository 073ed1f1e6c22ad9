"""Resources of the ground floor."""

from rest_framework import serializers

from liaison.api.resources import Resource
from liaison.api.serializers import RuledSerializer
from liaison.filters import OrganisationFilterSet
from liaison.models import Organisation


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


RESOURCES = {"organisations": OrganisationResource}
