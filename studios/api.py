from liaison.api.resources import WritableResource
from liaison.api.serializers import RuledSerializer
from studios.filters import StudioFilterSet
from studios.models import Studio


class StudioSerializer(RuledSerializer):
    class Meta:
        model = Studio
        fields = [
            "id", "organisation", "division", "kind", "name", "brand", "basis", "host", "address", "longitude", "latitude",
            "phone", "intro", "industry", "sectors", "grid", "model_level", "stars", "opened_on", "closed_on",
            "liaison_officer", "code",
        ]  # fmt: skip
        read_only_fields = ["code"]

    def get_fields(self):
        """A liaison officer keeps the studio's own particulars; its standing is the office's matter."""
        fields = super().get_fields()
        request = self.context.get("request")
        if request and self.instance and not request.user.has_perm("studios.add_studio"):
            for name in Studio.STANDING:
                fields[name].read_only = True
        return fields


class StudioResource(WritableResource):
    queryset = Studio.objects.prefetch_related("sectors")
    serializer_class = StudioSerializer
    filterset_class = StudioFilterSet
    keys = ("pinyin", "id")


RESOURCES = {"studios": StudioResource}
