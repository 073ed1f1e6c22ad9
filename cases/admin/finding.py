"""Whom a name or a number belongs to among all that an office keeps: for whoever asks what is stored, or that it be erased."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse

from cases.models import Intake
from liaison.models import Entry
from reception.models import Visit

MOST_FOUND = 50


class FindVisitorForm(forms.Form):
    visitor = forms.CharField(
        label="称呼或电话号码", max_length=40, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请填写完整的称呼或电话号码。"},
    )  # fmt: skip


class Finding:
    """The page beside the list of visits, for the clerks of an office; of a ScopedAdmin."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.find_visitor)
        return [path("find-visitor/", view, name="reception_visit_find-visitor"), *super().get_urls()]

    def list_links(self, request) -> list[dict]:
        links = [{"label": "查找来访人", "url": reverse("admin:reception_visit_find-visitor")}]
        return links if request.user.organisations_with("clerk") else []

    def find_visitor(self, request):
        """By POST alone: a name or number in an address would stand in logs and histories."""
        offices = request.user.organisations_with("clerk")
        if not offices:
            raise PermissionDenied
        form = FindVisitorForm(request.POST or None)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "查找来访人", "form": form}
        if form.is_valid():
            context |= _found(request.user, offices, form.cleaned_data["visitor"])
            rows = len(context["visits"]) + len(context["intakes"])
            Entry.note(Entry.Act.REVEAL, offices[0], request=request, fields=["查找来访人"], rows=rows)
        return TemplateResponse(request, "admin/find_visitor.html", context)


def _found(account, offices, visitor: str) -> dict:
    """Visits, and matters by code that no member has made a visit of."""
    visits, intakes = (
        model.objects.visible_to(account).filter(organisation__in=offices).of_visitor(visitor)
        for model in (Visit, Intake)
    )
    visits = visits.select_related("studio")[:MOST_FOUND]
    intakes = intakes.select_related("case__studio")[:MOST_FOUND]
    return {"visits": visits, "intakes": intakes, "is_searched": True, "most": MOST_FOUND}
