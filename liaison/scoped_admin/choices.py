"""The search behind the select boxes."""

from django.contrib.admin.views.autocomplete import AutocompleteJsonView

from liaison.scope import choices


class AutocompleteView(AutocompleteJsonView):
    """Offers what the form's own field would accept, told apart by the office it belongs to."""

    def get_queryset(self):
        rows = choices(self.source_field, self.request.user).select_related(*self.model_admin.named_with)
        if ordering := self.model_admin.get_ordering(self.request):
            rows = rows.order_by(*ordering)
        rows, has_doubles = self.model_admin.get_search_results(self.request, rows, self.term)
        return rows.distinct() if has_doubles else rows

    def has_perm(self, request, obj=None):
        """Whoever fills in the field may search for what to put there."""
        source = f"{self.source_field.model._meta.app_label}.%s_{self.source_field.model._meta.model_name}"
        return any(request.user.has_perm(source % act) for act in ("add", "change"))

    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": self.model_admin.full_label(obj)}
