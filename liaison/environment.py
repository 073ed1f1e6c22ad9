"""What the environment hands over: secrets, from a variable or from a file, and one sentence for whatever is wrong."""

import os
import stat
import sys
from pathlib import Path
from typing import NoReturn

# Each may be given as NAME_FILE=path instead: docker secrets, systemd credentials.
SECRETS = (
    "SECRET_KEY", "PERSONAL_DATA_KEYS", "DATABASE_URL", "DATABASE_OWNER_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "EMAIL_URL",
)  # fmt: skip
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5


def refuse(sentence: str) -> NoReturn:
    """Stop the start: one sentence on stderr, exit code 1."""
    print(f"无法启动：{sentence}", file=sys.stderr)
    raise SystemExit(1)


def secret(name: str) -> str:
    """The value of one of SECRETS, "" when it is not given."""
    written, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if not path:
        return written
    if written:
        refuse(f"环境变量 {name} 和 {name}_FILE 只能设置一个。")
    return _content(f"{name}_FILE", Path(path))


def _content(variable: str, path: Path) -> str:
    try:
        if path.stat().st_mode & stat.S_IRWXO:
            refuse(f"{variable} 指向的文件 {path} 不能让其他用户访问，请先运行：chmod o= {path}")
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        refuse(f"{variable} 指向的文件 {path} 读不出来，请检查它是否存在、是否是文本、本用户有没有读取权限。")
    if not found:
        refuse(f"{variable} 指向的文件 {path} 是空的。")
    return found


def without_owners(environment: dict[str, str]) -> dict[str, str]:
    """For the site's own programs: neither the owner's password nor the backup role's."""
    hidden = {"DATABASE_OWNER_URL", "BACKUP_DATABASE_URL", "DATABASE_OWNER_URL_FILE", "BACKUP_DATABASE_URL_FILE"}
    return {name: value for name, value in environment.items() if name not in hidden}


def strong(key: str) -> str:
    """A SECRET_KEY that may sign sessions; by the rules of Django's own check security.W009."""
    weak = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.startswith("django-insecure")
    if weak:
        refuse(
            f"环境变量 SECRET_KEY 太弱：至少 {SHORTEST_KEY} 个随机字符，可用"
            " python -c 'import secrets; print(secrets.token_urlsafe(50))' 生成。"
        )
    return key
