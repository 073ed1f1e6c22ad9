"""The bench runs from beginning to end, on a handful of records; what it measures is not judged here."""

import os
import subprocess
import sys

import pytest

from liaison.backup.databases import url
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def test_the_bench_measures_every_part_and_its_figures_hold(db):
    sizes = {"--visits": "400", "--cases": "100", "--activities": "100", "--imported": "50", "--within": "6201"}
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench", *(word for pair in sizes.items() for word in pair)],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": url("default"), "DATABASE_OWNER_URL": url("owner")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for title in ("汇总", "写入", "导入", "读数", "页面", "内存"):
        assert f"秒  {title}\n" in ran.stdout
    assert "核对一致" in ran.stdout
