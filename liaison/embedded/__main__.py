"""python -m liaison.embedded start | stop | status"""

import sys

from liaison import embedded


def start() -> None:
    urls = embedded.stay()
    for name, url in vars(urls).items():
        print(f"{name.upper()}={url}")


def status() -> None:
    print(f"目录：{embedded.default_base()}")
    for name, is_running in embedded.running().items():
        print(f"{name}：{'运行中' if is_running else '未运行'}")


verbs = {"start": start, "stop": embedded.stop, "status": status}
verb = verbs.get(sys.argv[1]) if len(sys.argv) == 2 else None
if not verb:
    sys.exit("用法：python -m liaison.embedded start | stop | status")
try:
    verb()
except embedded.Refusal as refusal:
    sys.exit(str(refusal))
