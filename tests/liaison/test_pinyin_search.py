"""Whatever has a Chinese name is found in the admin by the initials of its pinyin."""

import pytest
from django.apps import apps
from django.contrib import admin

from liaison.fields import PinyinField
from tests.liaison.test_scoped_admin import CLERKS, by_label
from tests.pages import address

# Found in other ways: a day by its date, a file by how its owner called it, a result by its activity, a group by its
# programme, a report by its words; an office has one or two robots.
UNSPELLED = {
    "liaison.holiday", "liaison.attachment", "activities.output", "activities.taskgroup", "activities.mediareport",
    "liaison.robot",
}  # fmt: skip


def spelling(model) -> PinyinField | None:
    return next((field for field in model._meta.fields if isinstance(field, PinyinField)), None)


SPELLED = {label for label in CLERKS if spelling(apps.get_model(label))}


def test_every_named_model_has_its_pinyin():
    named = {
        label for label in CLERKS if {"name", "title"} & {field.name for field in apps.get_model(label)._meta.fields}
    }
    assert named - SPELLED == UNSPELLED


@pytest.mark.parametrize("as_typed", [str.lower, str.upper])
def test_initials_find_the_row_and_no_other(client, cast, as_typed):
    own, _ = (by_label(cast, cast.chengguan, n) for n in (0, 1))
    client.force_login(cast.chengguan.clerk)
    found = {}
    for label in SPELLED:
        initials = own[label].pinyin.split()[-1]
        page = client.get(address("changelist", label), {"q": as_typed(initials)})
        found[label] = list(page.context["cl"].queryset)
    assert found == {label: [own[label]] for label in SPELLED}


def names_without_pinyin(options) -> list[str]:
    """Names that the search of a list takes without their pinyin."""
    found = []
    for path in options.search_fields:
        *way, last = path.split("__")
        model = options.model
        for step in way:
            model = model._meta.get_field(step).related_model or model
        pinyin = spelling(model)
        if pinyin and pinyin.source == last and "__".join([*way, "pinyin", "contains"]) not in options.search_fields:
            found.append(path)
    return found


def test_where_a_name_is_searched_its_initials_are_too():
    found = {model._meta.label_lower: names_without_pinyin(options) for model, options in admin.site._registry.items()}
    assert {label: names for label, names in found.items() if names} == {}
