"""What the environment hands over: secrets, from a variable or from a file, values of each kind, and one sentence for
whatever is wrong."""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet

env = environ.Env()

# Each may be given as NAME_FILE=path instead: docker secrets, systemd credentials.
SECRETS = (
    "SECRET_KEY", "PERSONAL_DATA_KEYS", "DATABASE_URL", "DATABASE_OWNER_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "EMAIL_URL",
)  # fmt: skip
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5
LEAST_TRAIL_DAYS = 200  # half a year, as the Cybersecurity Law asks (网络安全法 第二十一条), and some days more


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


def boolean(name: str, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    written = env.str(name, default="").strip().lower()
    if written and written not in words:
        refuse(f"环境变量 {name} 只能是 true 或 false，现在是“{written}”。")
    return words.get(written, default)


def number(name: str, default: int, least: int = 1) -> int:
    written = env.str(name, default="").strip()
    if written and not (written.isascii() and written.isdigit() and int(written) >= least):
        refuse(f"环境变量 {name} 只能是不小于 {least} 的整数，现在是“{written}”。")
    return int(written) if written else default


def postgresql(name: str, url: str, **more) -> dict:
    """One entry of DATABASES from a URL such as postgres://user:password@host:5432/name."""
    example = "postgres://用户:口令@主机:5432/库名"
    database = {}
    with suppress(ValueError):
        # environ would warn of another scheme, password included, and guess at a bad port.
        parts = urlsplit(url)
        port = parts.port or 5432
        if parts.scheme in {"postgres", "postgresql"} and port:
            database = env.db_url_config(url)
    if not database.get("NAME"):
        refuse(f"环境变量 {name} 不是有效的 PostgreSQL 地址，应形如 {example}。")
    return database | more


def redis_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"redis", "rediss"} and parts.hostname and (parts.port or True)
        valid = valid and (parts.path in {"", "/"} or parts.path[1:].isdigit())
    except ValueError:
        valid = False
    if not valid:
        refuse("环境变量 REDIS_URL 不是有效的 Redis 地址，应形如 redis://:口令@主机:6379/0。")
    return url


def public_url(written: str) -> str:
    """Without a path, for a QR code holds it in capitals: to a host they are the same, to a path they are not."""
    try:
        parts = urlsplit(written)
        valid = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True) and written.isascii()
    except ValueError:
        valid = False
    if written and not (valid and written.rstrip("/") == f"{parts.scheme}://{parts.netloc}" and "@" not in written):
        refuse("环境变量 PUBLIC_URL 应形如 https://主机名（可带端口，不带路径，中文域名写成 xn-- 形式）。")
    return written.rstrip("/")


def kept_secret(path: Path, made: Callable[[], str]) -> str:
    """The demo's own key: made on first use, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(made())
    return path.read_text()


def encryption_keys(written: str) -> list[str]:
    keys = [key.strip() for key in written.split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        refuse("环境变量 PERSONAL_DATA_KEYS 里有无效的密钥：每个密钥是 44 个字符，由 Fernet.generate_key() 生成。")
    return keys


def trail_days(written: str) -> int:
    if not written:
        return LEAST_TRAIL_DAYS
    days = int(written) if written.isascii() and written.isdigit() else 0
    if not LEAST_TRAIL_DAYS <= days <= 36500:
        refuse(f"环境变量 TRAIL_DAYS 是操作记录的保存天数，不得少于 {LEAST_TRAIL_DAYS}，现在是“{written}”。")
    return days


def mail_server(url: str) -> dict:
    """Django's EMAIL_… settings; none without a server."""
    try:
        return env.email_url_config(url) if url else {}
    except (environ.ImproperlyConfigured, ValueError, KeyError):
        refuse("环境变量 EMAIL_URL 不是有效的邮件服务器地址，应形如 smtp+tls://用户:口令@主机:587。")
