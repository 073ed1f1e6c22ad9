"""A document of ours as PDF, by LibreOffice where the machine has it; otherwise the print style serves."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError

PDF = "application/pdf"
SECONDS = 120
MISSING = "服务器上没有安装文档转换程序（LibreOffice），不能生成 PDF。请在报告文稿页用“打印”，另存为 PDF。"
FAILED = "转换成 PDF 没有成功，请再试一次，或在报告文稿页用“打印”，另存为 PDF。"


def program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(docx: bytes) -> bytes:
    """Raises ValidationError with a sentence where there is no program, or it does not manage in time."""
    path = program()
    if path is None:
        raise ValidationError(MISSING)
    with tempfile.TemporaryDirectory(prefix="liaison-pdf-") as place:
        source = Path(place, "document.docx")
        source.write_bytes(docx)
        _convert(path, source)
        made = source.with_suffix(".pdf")
        if not made.exists():
            raise ValidationError(FAILED)
        return made.read_bytes()


def _convert(path: str, source: Path):
    """With a profile of its own, so that two at once do not wait for each other and nothing of one stays for the next."""
    place = source.parent
    command = [
        path, f"-env:UserInstallation=file://{place}/profile", "--headless", "--norestore", "--convert-to",
        "pdf:writer_pdf_Export", "--outdir", str(place), str(source),
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(place), "LANG": "zh_CN.UTF-8"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, start_new_session=True, **quiet) as running:
        try:
            running.wait(SECONDS)
        except subprocess.TimeoutExpired as late:
            # The program is a script that starts another: both go.
            os.killpg(running.pid, signal.SIGKILL)
            raise ValidationError(FAILED) from late
