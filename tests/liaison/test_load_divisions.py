import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from liaison.backup.databases import url
from liaison.management import Refusal
from liaison.models import Division

HEADING = "code,name,parent,level"
GOOD = ("110000,北京市,,province", "110101,东城区,110000,county", "110101001,东华门街道,110101,township")


def load(**options) -> tuple[str, str]:
    said, complained = StringIO(), StringIO()
    call_command("load_divisions", stdout=said, stderr=complained, **options)
    return said.getvalue(), complained.getvalue()


def written(folder: Path, *rows: str) -> Path:
    path = folder / "divisions.csv"
    path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    return path


def complaints(path: Path, **options) -> list[str]:
    said, complained = StringIO(), StringIO()
    with pytest.raises(Refusal):
        call_command("load_divisions", stdout=said, stderr=complained, file=path, **options)
    return complained.getvalue().splitlines()


@pytest.mark.slow
def test_the_whole_file_loads_and_a_second_run_changes_nothing(db):
    assert "新增 44692 条，更正 0 条，未变 0 条" in load()[0]
    stored = list(Division.objects.values_list("id", "code", "name", "path").order_by("id"))
    assert "新增 0 条，更正 0 条，未变 44692 条" in load()[0]
    assert list(Division.objects.values_list("id", "code", "name", "path").order_by("id")) == stored


def test_one_part_comes_with_what_is_above_it(db):
    load(within="620102")
    above = Division.objects.exclude(level="township").order_by("code")
    assert [d.code for d in above] == ["000000", "620000", "620100", "620102"]
    street = Division.objects.get(name="广武门街道")
    assert (street.path, street.parent.name, street.pinyin) == ("620102009", "城关区", "guangwumenjiedao gwmjd")
    assert Division.objects.get(code="000000").path == ""


def test_a_larger_part_adds_to_a_smaller_one(db):
    load(within="620100")
    before = Division.objects.count()
    assert f"未变 {before} 条" in load(within="62")[0]
    assert Division.objects.filter(path__startswith="62").count() == Division.objects.count() - 1


@pytest.mark.parametrize("code", ["9x", "99", "6", "621", "620999", "62010", "甘肃"])
def test_a_wrong_code_is_refused_with_one_sentence(db, code):
    with pytest.raises(Refusal, match=f"没有代码为“{code}”的行政区划"):
        load(within=code)
    assert not Division.objects.exists()


def test_the_command_line_says_it_in_chinese_and_exits_with_one(db):
    command = [sys.executable, "manage.py", "load_divisions", "--within", "9x"]
    environment = os.environ | {"DATABASE_URL": url("default")}
    ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "无法完成: 没有代码为“9x”的行政区划，请写成 62、6201 或 620100 这样的代码。\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("11010,坏代码,110000,county", "行政区划代码应为 6 位数字，乡级为 9 位。"),
        ("110102,,110000,county", "名称应为 1 到 60 个字。"),
        ("110101,重复,110000,county", "代码与第 3 行重复。"),
        ("310101,错位,110000,county", "代码应以上级的代码 11 开头。"),
        ("110109001,没有上级,110109,township", "上级 110109 不在文件中，或该行不正确。"),
        ("110103,级别不对,110000,village", "级别“village”应为 province、city、county 或 township。"),
        ("110103,漏填上级,,county", "只有省级可以不填上级。"),
        ("110103,少一列", "级别“”应为 province、city、county 或 township。"),
    ],
)
def test_a_bad_row_is_reported_with_its_number_and_nothing_is_written(db, tmp_path, row, reason):
    code, name = row.split(",")[:2]
    path = written(tmp_path, *GOOD, row)
    assert complaints(path) == [f"第 5 行（{code} {name}）：{reason}"]
    assert not Division.objects.exists()


def test_good_rows_are_loaded_when_the_person_chooses_so(db, tmp_path):
    path = written(tmp_path, *GOOD, "11010,坏代码,110000,county")
    said, complained = load(file=path, good_rows=True)
    assert "新增 4 条" in said
    assert complained.startswith("第 5 行")


def test_a_changed_name_is_mended(db, tmp_path):
    load(file=written(tmp_path, *GOOD))
    renamed = written(tmp_path, *GOOD[:2], "110101001,景山街道,110101,township")
    assert "新增 0 条，更正 1 条，未变 3 条" in load(file=renamed)[0]
    street = Division.objects.get(code="110101001")
    assert (street.name, street.pinyin) == ("景山街道", "jingshanjiedao jsjd")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,code\n", "文件第 1 行应为 code,name,parent,level。"),
        ("编码".encode("gbk"), "文件不是 UTF-8 编码的 csv。"),
        (b"", "文件第 1 行应为"),
    ],
)
def test_a_file_that_is_no_list_is_refused(db, tmp_path, content, sentence):
    path = tmp_path / "divisions.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=sentence):
        load(file=path)


def test_a_missing_file_is_refused(db, tmp_path):
    with pytest.raises(Refusal, match="无法读取文件"):
        load(file=tmp_path / "absent.csv")
