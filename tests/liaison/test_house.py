"""Who may know whom."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_TO_RIGHT = ["liaison", "studios", "activities", "reception", "cases", "reports"]


def relations():
    for app in LEFT_TO_RIGHT:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if field.is_relation and not field.auto_created and field.related_model:
                    yield pytest.param(model, field, id=f"{model._meta.label}.{field.name}")


@pytest.mark.parametrize(("model", "field"), [*relations()])
def test_foreign_key_points_to_its_own_app_or_leftward(model, field):
    own, other = model._meta.app_label, field.related_model._meta.app_label
    # Django's own apps lie below the ground floor.
    allowed = LEFT_TO_RIGHT[: LEFT_TO_RIGHT.index(own) + 1]
    assert other in allowed or other not in LEFT_TO_RIGHT


def test_imports_keep_the_layers():
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([program], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("app", LEFT_TO_RIGHT)
def test_no_grab_bags(app):
    names = {file.stem for file in (ROOT / app).rglob("*.py")}
    assert names.isdisjoint({"utils", "helpers", "services", "managers", "common", "misc"})
