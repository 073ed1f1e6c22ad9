"""The frame of every page: nothing inline, every icon drawn, every Django text in Chinese."""

import gettext
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import translation

from liaison.menu import PAGES
from liaison.sites import GROUPS
from liaison.templatetags.shell import cn_date, grouped, labelled_cells, signed

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
LOCALE = settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES"
SYMBOLS = set(re.findall(r'id="([\w-]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text()))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_has_nothing_that_the_security_policy_forbids(template):
    text = template.read_text()
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:|hx-on", text)
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [tag for tag in scripts if "src=" not in tag] == []


def test_every_icon_that_is_named_is_drawn():
    named = {icon for path in TEMPLATES for icon in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    named |= {icon for path in TEMPLATES for icon in re.findall(r'icon="([\w-]+)"', path.read_text())}
    named |= {icon for _, models in GROUPS for icon in models.values()}
    named |= {page.icon for page in PAGES}
    assert named - SYMBOLS == set()


def test_every_model_of_the_admin_stands_in_a_group():
    placed = {model for _, models in GROUPS for model in models}
    assert {model._meta.label_lower for model in admin.site._registry} - placed == set()


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_compiled_words_are_those_of_the_source(domain):
    with (LOCALE / f"{domain}.mo").open("rb") as file:
        compiled = {str(key[0] if isinstance(key, tuple) else key): text
                    for key, text in gettext.GNUTranslations(file)._catalog.items() if key}  # fmt: skip
    assert set(compiled.values()) == set(_written(LOCALE / f"{domain}.po"))


@pytest.mark.parametrize(
    "english",
    ["This field is required.", "is in range", "Select a lookup.", "Home", "Add another %(verbose_name)s"],
)
def test_words_of_other_packages_come_in_chinese(english):
    with translation.override("zh-hans"):
        assert re.search(r"[\u4e00-\u9fff]", translation.gettext(english))


def test_numbers_are_grouped_by_three_and_signed_with_a_real_minus():
    assert [grouped(17200), grouped(-3), grouped(None), grouped("87.6%")] == ["17,200", "−3", "—", "87.6%"]
    assert [signed(46), signed(-1200), signed(0)] == ["+46", "−1,200", "0"]


def test_dates_are_local_and_chinese():
    assert cn_date(date(2026, 11, 2)) == "2026年11月2日"
    assert cn_date(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "2026年11月22日"


def test_cells_of_an_admin_list_carry_their_columns_names():
    headers = [{"text": '<input type="checkbox">'}, {"text": "编号"}, {"text": "紧急"}]
    cells = ["<td><input></td>", '<th class="x">7</th>', '<td><img src="icon-yes.svg" alt="True"></td>']
    assert labelled_cells(cells, headers) == [
        "<td><input></td>",
        '<th data-label="编号" class="x">7</th>',
        '<td data-label="紧急"><img src="icon-yes.svg" alt="是"></td>',
    ]


def _written(path: Path) -> list[str]:
    """The Chinese texts of a .po file; ours are one line each."""
    texts = re.findall(r'^msgstr(?:\[0\])? "(.+)"$', path.read_text(), flags=re.MULTILINE)
    return [text.replace('\\"', '"') for text in texts]
