from pathlib import Path

import pytest


@pytest.fixture
def site(cast, settings, tmp_path, client):
    """Two offices with a row of every kind, counted and sealed; somebody is signed in; uploads in a folder of their own."""
    from tests.backups import drop_kept, fill

    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"
    fill((cast.chengguan, cast.xifeng), settings.MEDIA_ROOT)
    client.force_login(cast.chengguan.clerk)
    yield cast
    drop_kept()


@pytest.fixture
def saved(site, tmp_path) -> Path:
    from django.core.management import call_command

    call_command("backup", str(tmp_path / "site.tar"))
    return tmp_path / "site.tar"
