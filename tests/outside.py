"""The other side of what leaves the house: a small mail server and a small web server, in threads of the test."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a sender needs. An address that begins with "nobody" is refused."""

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.keep()
            elif line.upper().startswith("RCPT TO:<NOBODY"):
                self.say("550 no such user")
            else:
                self.say("221 bye" if word == "QUIT" else "250 ok")
                if word == "QUIT":
                    return

    def say(self, text: str):
        self.wfile.write(f"{text}\r\n".encode())

    def keep(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.received.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 kept")


@contextmanager
def mail_server() -> Iterator[tuple[int, list]]:
    """Its port, and the messages it has received."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.daemon_threads, server.received = True, []
        yield from _served(server, lambda: (server.server_address[1], server.received))


class Web:
    """Answers every post with `status` and `answer`; `received`: path and JSON of each."""

    def __init__(self):
        self.status, self.answer, self.headers, self.received = 200, {"errcode": 0, "code": 0}, {}, []
        self.before: Callable[[], None] = lambda: None


@contextmanager
def web_server() -> Iterator[tuple[str, Web]]:
    """Its address without a path, and what it answers."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.received.append((self.path, json.loads(body)))
            web.before()
            content = json.dumps(web.answer).encode()
            self.send_response(web.status)
            for name, value in {**web.headers, "Content-Length": len(content)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *_):
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        yield from _served(server, lambda: (f"http://127.0.0.1:{server.server_address[1]}", web))


def _served(server, told: Callable) -> Iterator:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told()
    finally:
        server.shutdown()
        thread.join()
