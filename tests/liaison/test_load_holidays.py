from datetime import date
from io import StringIO

from chinese_calendar.constants import holidays, workdays
from django.core.management import call_command

from liaison.models import Category, Holiday
from liaison.workdays import is_workday, next_workday


def load(command: str) -> str:
    said = StringIO()
    call_command(command, stdout=said)
    return said.getvalue()


def test_all_announced_days_are_there_under_chinese_names(db):
    assert f"新增 {len(holidays) + len(workdays)} 天" in load("load_holidays")
    assert Holiday.objects.get(date=date(2026, 10, 1)).name == "国庆节"
    assert not is_workday(date(2026, 10, 1))
    assert next_workday(date(2025, 1, 26)) == date(2025, 1, 26)  # a Sunday worked for the Spring Festival


def test_a_second_run_keeps_what_the_office_corrected(db):
    load("load_holidays")
    corrected = Holiday.objects.get(date=date(2026, 10, 1))
    corrected.name = "国庆节（校正）"
    corrected.save()
    assert "新增 0 天" in load("load_holidays")
    corrected.refresh_from_db()
    assert corrected.name == "国庆节（校正）"


def test_topics_have_two_levels_and_load_once(db):
    load("load_categories")
    assert Category.objects.filter(parent=None).count() == 18
    assert [c.name for c in Category.objects.get(name="营商环境").children.all()] == ["企业诉求", "融资", "执法"]
    assert "新增 0 个" in load("load_categories")
