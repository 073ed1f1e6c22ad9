"""QR codes of public addresses. All in capitals, they stay in the QR's alphanumeric set: fewer and larger squares, and no
reader has an encoding to guess."""

import io

import segno
from django.conf import settings
from django.urls import reverse

from studios.models import Studio


def base(request) -> str:
    """https://host, as the public knows it: an office that opens the site by an inner address says it in PUBLIC_URL."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def address_of(studio: Studio, request) -> str:
    """HTTPS://HOST/S/<CODE>/; capitals mean the same to scheme, host and our own paths (cases/public_urls.py)."""
    return f"{base(request)}{reverse('public:show-studio', args=[studio.code])}".upper()


def query_page(request) -> str:
    """host/q/, as a person types it."""
    return f"{base(request).partition('://')[2]}{reverse('public:find-case')}"


def code(address: str) -> segno.QRCode:
    """Correction at least M (15 %), more where the same size has room for it: posters get creased and stained."""
    return segno.make_qr(address, error="m")


def png(address: str) -> bytes:
    """Some 600 pixels wide, enough for 5 cm in print."""
    picture = io.BytesIO()
    code(address).save(picture, kind="png", scale=16)
    return picture.getvalue()


def svg(address: str) -> bytes:
    picture = io.BytesIO()
    code(address).save(picture, kind="svg", scale=10)
    return picture.getvalue()


def image(address: str) -> str:
    """What an <img> shows without asking for a file: a sheet that is printed at once is never blank."""
    return code(address).svg_data_uri(omitsize=True)
