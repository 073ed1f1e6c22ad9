import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from liaison.uploads import LONGEST_SIDE, reencoded

ORIENTATION, MAKER = 0x0112, 0x010F


def drawn(mode="RGB", size=(40, 20), kind="JPEG", **options) -> bytes:
    picture = io.BytesIO()
    Image.new(mode, size).save(picture, kind, **options)
    return picture.getvalue()


def sent(content: bytes, name="照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_a_picture_is_drawn_anew_upright_and_without_exif():
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "某品牌"

    picture = Image.open(reencoded(sent(drawn(exif=exif))))

    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (20, 40), {})


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "GIF"), ("I;16", "PNG"), ("CMYK", "JPEG"), ("RGBA", "WEBP"), ("1", "BMP")]
)
def test_every_usual_kind_becomes_a_jpeg(mode, kind):
    assert Image.open(reencoded(sent(drawn(mode, kind=kind)))).format == "JPEG"


def test_what_shows_through_becomes_white():
    picture = Image.open(reencoded(sent(drawn("RGBA", kind="PNG"))))

    assert picture.getpixel((3, 3)) == (255, 255, 255)


def test_a_large_picture_shrinks():
    picture = Image.open(reencoded(sent(drawn(size=(6000, 3000)))))

    assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "不是能识别的图片"),
        (b"", "不是能识别的图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是能识别的图片"),
        (drawn(size=(800, 800))[:3000], "不是能识别的图片"),
        (drawn(size=(800, 800), kind="PNG")[:300], "不是能识别的图片"),
        (drawn("1", (9000, 9000), "PNG"), "超过 4000 万像素"),
        (drawn("1", (20000, 20000), "PNG"), "超过 4000 万像素"),
        (b"\xff" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        reencoded(sent(content))
