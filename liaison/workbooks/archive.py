"""Whether a file is a workbook, or a document, that may be opened at all: its directory is judged before anything is unpacked, and what is
unpacked is counted as it comes."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError

MOST_BYTES = 10 * 1024 * 1024
MOST_PARTS = 400
MOST_UNPACKED = 60 * 1024 * 1024
# Sheets of an office shrink ten- to fortyfold, runs of one byte a thousandfold.
MOST_SHRUNK, UNSUSPECTED = 150, 1024 * 1024
MOST_DIRECTORY = 200 * MOST_PARTS
CHUNK = 64 * 1024

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_SIZE, END_64_SIZE = 22, 20
# What zipfile raises for an archive that is not what it says.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, UnicodeDecodeError, RuntimeError, OSError, EOFError,
)  # fmt: skip


@dataclass(frozen=True)
class Format:
    """What an office program makes. `part`: what every such file holds · `old`: what its forerunner is called ·
    save_as, smaller: what to do about a file that is not one, or is too large."""

    name: str
    noun: str
    part: str
    old: str
    save_as: str
    smaller: str


WORKBOOK = Format(
    "Excel 工作簿（.xlsx）", "工作簿", "xl/workbook.xml", "旧版 Excel 文件（.xls）",
    "请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再上传。", "请只保留要导入的行和列，新建一个工作簿后再上传。",
)  # fmt: skip
DOCUMENT = Format(
    "Word 文档（.docx）", "文档", "word/document.xml", "旧版 Word 文件（.doc）",
    "请用文字处理软件打开，另存为“Word 文档（.docx）”后再上传。", "请只保留需要的文字，新建一个文档后再上传。",
)  # fmt: skip


def refuse(upload, what: str):
    raise ValidationError(f"“{upload.name}”{what}")


@contextmanager
def opened(upload, format: Format = WORKBOOK) -> Iterator[zipfile.ZipFile]:
    """The file's archive, its directory found sound. Raises ValidationError with what is wrong and what to do."""
    _must_be_small_zip(upload, format)
    _must_have_small_directory(upload, format)
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            _must_be_sound(upload, archive.infolist(), format)
            yield archive
    except BROKEN as broken:
        raise ValidationError(f"“{upload.name}”已损坏，无法打开。{format.save_as}") from broken


def _must_be_small_zip(upload, format: Format):
    if upload.size > MOST_BYTES:
        refuse(upload, f"超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件。")
    upload.seek(0)
    start = upload.read(8)
    if start == OLE:
        upload.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in upload.read():
            refuse(upload, "设有打开密码，请去掉密码后再上传。")
        refuse(upload, f"是{format.old}。{format.save_as}")
    if not start.startswith(ZIP):
        refuse(upload, f"不是 {format.name}。{format.save_as}")


def _must_have_small_directory(upload, format: Format):
    """Python reads the whole directory before it lets anyone count: so its size is looked up first, where Python will look.

    Office programs put no comment behind the directory and need no zip64: both would move what Python reads.
    """
    upload.seek(max(0, upload.size - END_SIZE - END_64_SIZE))
    tail = upload.read()
    end, before = tail[-END_SIZE:], tail[:-END_SIZE]
    if len(end) < END_SIZE or not end.startswith(END) or end[-2:] != b"\x00\x00" or before.startswith(END_64):
        refuse(upload, f"的结构不是普通的{format.noun}。{format.save_as}")
    (size,) = struct.unpack("<L", end[12:16])
    if size > MOST_DIRECTORY:
        refuse(upload, f"包含的部分太多，不是普通的{format.noun}。{format.save_as}")


def _must_be_sound(upload, parts: list[zipfile.ZipInfo], format: Format):
    names = [part.filename for part in parts]
    if len(names) > MOST_PARTS or len(set(names)) < len(names):
        refuse(upload, f"包含的部分太多或有重复，不是普通的{format.noun}。{format.save_as}")
    if format.part not in names:
        refuse(upload, f"不是 {format.name}。{format.save_as}")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        refuse(upload, f"含有宏。{format.save_as}")
    if any(part.flag_bits & 1 for part in parts):
        refuse(upload, "设有打开密码，请去掉密码后再上传。")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        refuse(upload, f"的压缩方式不是普通的{format.noun}。{format.save_as}")
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED or any(_is_suspicious(part) for part in parts):
        refuse(upload, f"展开后过大，没有打开。{format.smaller}")


def _is_suspicious(part: zipfile.ZipInfo) -> bool:
    return part.file_size > UNSUSPECTED and part.file_size > MOST_SHRUNK * max(part.compress_size, 1)


def chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the part holds, never more at a time than CHUNK; zipfile itself stops where the directory says it ends, and
    raises BadZipFile when that is not where it ends."""
    with archive.open(part) as unpacked:
        while chunk := unpacked.read(CHUNK):
            yield chunk
