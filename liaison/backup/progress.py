"""What a long command says meanwhile: each new topic at once, more of the same once a second, its last word always."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    def __init__(self, stream: TextIO):
        self.stream, self.topic, self.waiting, self.said_at = stream, "", "", 0.0

    def __call__(self, line: str) -> None:
        topic = line.partition("：")[0]
        if topic == self.topic and time.monotonic() - self.said_at < 1:
            self.waiting = line
            return
        if topic != self.topic:
            self.flush()
        self.topic = topic
        self._write(line)

    def flush(self) -> None:
        if self.waiting:
            self._write(self.waiting)

    def _write(self, line: str) -> None:
        self.stream.write(line + "\n")
        self.stream.flush()
        self.waiting, self.said_at = "", time.monotonic()


@contextmanager
def told(stream: TextIO) -> Iterator[Progress]:
    progress = Progress(stream)
    try:
        yield progress
    finally:
        progress.flush()
