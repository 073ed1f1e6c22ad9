"""What members and officers do under /my/, as a browser sends it."""

import io
import uuid
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

ONE_DAY = timedelta(days=1)


def filled(**values) -> dict:
    """A form as a member fills it in within thirty seconds."""
    content = "南昌路路灯不亮。老人晚上出行不安全。"
    standing = {"client_key": str(uuid.uuid4()), "headcount": "3", "content": content, "handling": "answered"}
    # Asked for in corrections alone.
    return standing | {"why": "人数记错了"} | values


def log(client, day, **values):
    return client.post(f"/my/days/{day.pk}/visits/new/", filled(**values))


def walk_in(client, office, **values):
    today = timezone.localdate().isoformat()
    standing = {"channel": "home", "visited_on": today, "studio": office.studio.pk}
    return client.post("/my/visits/new/", filled(**standing | values))


def photo(name="现场.jpg") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def text(response) -> str:
    return response.content.decode()
