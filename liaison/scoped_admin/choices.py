"""What a form may name in its foreign keys, and the search behind the select boxes."""

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Q

from liaison.scope import ScopedQuerySet


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
