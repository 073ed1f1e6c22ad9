"""Files that people send: what they are is read from their content, never from name or type."""

import io
import zipfile
from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
# Enough to read a paper that was photographed; a phone's picture shrinks to a tenth.
LONGEST_SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
# What Pillow raises for content that is not, or not wholly, the picture it claims to be.
BROKEN = (OSError, SyntaxError, ValueError, EOFError)


class TooManyPixels(ValidationError):
    def __init__(self, name: str):
        super().__init__(f"“{name}”超过 4000 万像素，请换一张小一些的照片。")


def reencoded(upload) -> SimpleUploadedFile:
    """The picture drawn anew as a JPEG, upright, without EXIF (place, device) or a hidden rider.

    Raises ValidationError for what is no picture, too large a file or too many pixels.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(f"“{upload.name}”超过 10 MB，请换一张小一些的照片。")
    try:
        picture = _decoded(upload)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(upload.name) from error
    except BROKEN as error:
        raise ValidationError(f"“{upload.name}”不是能识别的图片，请重新拍照，或选 JPG、PNG 图片。") from error
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=85, optimize=True)
    name = f"{PurePath(upload.name).stem[:100]}.jpg"
    return SimpleUploadedFile(name, jpeg.getvalue(), "image/jpeg")


def _decoded(upload) -> Image.Image:
    upload.seek(0)
    with Image.open(upload, formats=FORMATS) as checked:
        if checked.width * checked.height > MOST_PIXELS:
            raise TooManyPixels(upload.name)
        checked.verify()
    # A verified picture can no longer be read: it is opened a second time.
    upload.seek(0)
    with Image.open(upload, formats=FORMATS) as picture:
        # Lets a JPEG be decoded at a fraction of its size.
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    """JPEG has no transparency: what shows through becomes white, not black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    page = Image.new("RGB", layer.size, "white")
    page.paste(layer, mask=layer.getchannel("A"))
    return page


class PhotosInput(forms.FileInput):
    """A phone offers its camera and its album; a computer may choose several pictures at once."""

    allow_multiple_selected = True

    def __init__(self, attrs=None):
        super().__init__({"accept": "image/*"} | (attrs or {}))


class PhotosField(forms.FileField):
    """Several pictures; the cleaned value is the list of them drawn anew (`reencoded`)."""

    widget = PhotosInput

    def __init__(self, *, most: int = 6, **kwargs):
        self.most = most
        super().__init__(**kwargs)

    def clean(self, value, initial=None):
        uploads = [upload for upload in value or [] if upload]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            raise ValidationError(f"一次最多 {self.most} 张照片。")
        return [reencoded(upload) for upload in uploads]


# What a zip archive of an office program holds, and what it is then.
OFFICE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def recognised(upload) -> tuple[SimpleUploadedFile, str]:
    """A file of the kinds an office keeps, and its kind; pictures are drawn anew.

    Raises ValidationError for any other content, whatever its name says.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(f"“{upload.name}”超过 10 MB，请换一个小一些的文件。")
    upload.seek(0)
    start = upload.read(8)
    upload.seek(0)
    if start.startswith(b"%PDF-"):
        return upload, "application/pdf"
    if start.startswith(b"PK\x03\x04"):
        return upload, _office_kind(upload)
    try:
        return reencoded(upload), "image/jpeg"
    except TooManyPixels:
        raise
    except ValidationError as error:
        raise ValidationError(
            f"“{upload.name}”不是能识别的文件，请选 PDF、Word（docx）、Excel（xlsx）或照片。"
        ) from error


def _office_kind(upload) -> str:
    try:
        with zipfile.ZipFile(upload) as archive:
            kinds = [kind for part, kind in OFFICE_PARTS.items() if part in archive.namelist()]
    except zipfile.BadZipFile:
        kinds = []
    upload.seek(0)
    if not kinds:
        raise ValidationError(f"“{upload.name}”不是 Word（docx）或 Excel（xlsx）文件。")
    return kinds[0]
