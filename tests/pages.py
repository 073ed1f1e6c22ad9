"""Pages as a browser without scripts would use them; the admin's above all."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text_of(response) -> str:
    """What a person reads: no tags, single spaces."""
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(body))


def address(page: str, label: str, *args) -> str:
    """address("change", "reception.visit", 7)"""
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def typed(page) -> dict:
    """What would be sent back for the form of a page as it stands, inlines included."""
    sent = _fields(page.context["adminform"].form)
    for inline in page.context["inline_admin_formsets"]:
        sent |= _fields(inline.formset.management_form)
        for form in inline.formset.forms:
            sent |= _fields(form)
    return sent


def _fields(form) -> dict:
    sent = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if isinstance(value, list):
            value = [getattr(row, "pk", row) for row in value]
        if value is not None and value is not False and value != "":
            sent[bound.html_name] = value
    return sent


def add(client, label: str, **values):
    """Fill in the page of a new record and send it."""
    return client.post(address("add", label), typed(client.get(address("add", label))) | values)


def change(client, label: str, pk, **values):
    """Open a record's page, alter some fields and send it."""
    url = address("change", label, pk)
    return client.post(url, typed(client.get(url)) | values)


def errors(answer) -> dict:
    """By field; the sentences above the form are under "__all__". Empty when the answer is no form."""
    if answer.context is None or "adminform" not in answer.context:
        return {}
    found = dict(answer.context["adminform"].form.errors)
    for inline in answer.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= {f"{inline.formset.prefix}.{name}": said for name, said in form.errors.items()}
    return found
