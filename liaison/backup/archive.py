"""The backup file: a tar of the dump, the uploads and a manifest that knows their digests.

liaison-backup    the format's number; first, so that a foreign file is known at once
database.dump     pg_dump's custom format, of one snapshot
media.tar         the uploads
manifest.json     what was saved: versions, migrations, rows of each table, digests of the parts
manifest.sha256   last, so that a file cut short is known at once
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from liaison.management import Refusal

FORMAT = 1
MARK, DUMP, MEDIA, MANIFEST, DIGEST = (
    "liaison-backup", "database.dump", "media.tar", "manifest.json", "manifest.sha256",
)  # fmt: skip
CHUNK = 1024 * 1024
LARGEST_MANIFEST = 64 * CHUNK

Say = Callable[[str], None]


class Part(io.RawIOBase):
    """One member while it is written: counted and hashed on its way."""

    def __init__(self, file: BinaryIO):
        self.file, self.bytes, self.digest = file, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self.file.write(content)
        self.bytes += len(content)
        self.digest.update(content)
        return len(content)


class Writing:
    """An archive being written from streams: a member's header is filled in when the member is whole."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.parts: dict[str, dict] = {}
        self._text(MARK, f"{FORMAT}\n")

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        begin = self.file.tell()
        self.file.write(bytes(tarfile.BLOCKSIZE))
        part = Part(self.file)
        yield part
        self.file.write(bytes(-part.bytes % tarfile.BLOCKSIZE))
        end = self.file.tell()
        header = tarfile.TarInfo(name)
        header.size, header.mode = part.bytes, 0o600
        self.file.seek(begin)
        self.file.write(header.tobuf(tarfile.GNU_FORMAT))
        self.file.seek(end)
        self.parts[name] = {"bytes": part.bytes, "sha256": part.digest.hexdigest()}

    def _text(self, name: str, text: str) -> None:
        with self.part(name) as part:
            part.write(text.encode())

    def finish(self, manifest: dict) -> None:
        """The manifest and its digest; then everything is on the disk."""
        manifest = manifest | {"parts": {name: self.parts[name] for name in (DUMP, MEDIA)}}
        self._text(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._text(DIGEST, self.parts[MANIFEST]["sha256"])
        self.file.write(bytes(2 * tarfile.BLOCKSIZE))
        self.file.flush()
        os.fsync(self.file.fileno())


class Archive:
    """A backup that was found to be ours and whole."""

    def __init__(self, path: Path, say: Say = lambda line: None):
        """Reads all of it; raises Refusal with the reason it cannot be used."""
        self.path = path
        try:
            self.tar = tarfile.open(path, "r:")  # noqa: SIM115  read by the steps of the restore
            self._recognise()
            self.manifest = self._checked_manifest()
            for name, known in self.manifest["parts"].items():
                self._check(name, known, say)
        except OSError as error:
            raise Refusal(f"备份文件 {path} 读不出来：{error.strerror or error}。") from error
        except (tarfile.TarError, EOFError, KeyError, ValueError, AttributeError) as error:
            raise Refusal(f"{path} 不是本平台的备份文件，或内容不完整、已损坏。") from error

    def part(self, name: str) -> BinaryIO:
        return self.tar.extractfile(name)

    def _recognise(self) -> None:
        first = self.tar.next()
        if first is None or first.name != MARK or first.size > 20:
            raise Refusal(f"{self.path} 不是本平台的备份文件。")
        written = self.part(MARK).read().decode(errors="replace").strip()
        if written.isdigit() and int(written) > FORMAT:
            raise Refusal(f"备份文件的格式（第 {written} 版）比本程序认得的（第 {FORMAT} 版）新，请先升级本程序。")
        if written != str(FORMAT):
            raise Refusal(f"{self.path} 不是本平台的备份文件，或已损坏。")

    def _checked_manifest(self) -> dict:
        content = self.part(MANIFEST).read(LARGEST_MANIFEST)
        if hashlib.sha256(content).hexdigest() != self.part(DIGEST).read(64).decode():
            raise Refusal(f"备份文件 {self.path} 已损坏：清单与校验和不符。")
        return json.loads(content)

    def _check(self, name: str, known: dict, say: Say) -> None:
        digest, done, member = hashlib.sha256(), 0, self.part(name)
        while chunk := member.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            say(f"正在核对备份文件（{name}）：{megabytes(done)} / {megabytes(known['bytes'])} MB")
        if (done, digest.hexdigest()) != (known["bytes"], known["sha256"]):
            raise Refusal(f"备份文件 {self.path} 已损坏：{name} 与校验和不符。")


def megabytes(count: int) -> str:
    return f"{count / CHUNK:.1f}"
