"""The pages under /my/ as an app: the worker keeps every file that they ask for, the manifest names icons that are there."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from cases.views.app import FILES, MODULES
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
STATIC = re.compile(r"/static/([\w./-]+)")
IMPORTED = re.compile(r'from "\./([\w-]+)\.js"')


def test_the_worker_keeps_whatever_its_pages_and_their_files_ask_for(member, day):
    # Of the worker's own part the browser takes care itself.
    kept = {*FILES, *(f"js/{name}.js" for name in MODULES)}
    pages = ["/my/", f"/my/days/{day.pk}/", f"/my/days/{day.pk}/visits/new/", "/my/visits/new/"]

    asked = {name for page in pages for name in STATIC.findall(member.get(page).content.decode())}
    styles = [(ROOT / "static" / name).read_text() for name in kept if name.endswith(".css")]
    asked |= {f"img/{name}" for style in styles for name in re.findall(r"img/([\w.-]+)", style)}
    scripts = [(ROOT / "static" / name).read_text() for name in kept if name.startswith("js/")]
    asked |= {f"js/{name}.js" for script in scripts for name in IMPORTED.findall(script)}

    assert asked <= kept
    assert [name for name in kept if not finders.find(name)] == []


def test_worker_and_manifest_are_there_for_the_browser_alone(db):
    client = Client()
    script, manifest = client.get("/my/worker.js"), client.get("/my/manifest.webmanifest")

    assert (script.status_code, script["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert script["Cache-Control"] == "no-cache"
    policy = script["Content-Security-Policy"]
    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy
    told = json.loads(manifest.content)
    assert (told["start_url"], told["display"], told["short_name"]) == ("/my/", "standalone", "委员接待")
    for icon in told["icons"][:3]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
