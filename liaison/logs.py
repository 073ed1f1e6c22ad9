"""What is written to logs holds no secret: the addresses of private calendars open without a log-in."""

import logging
import re

SECRET = re.compile(r"(/calendar/)[\w-]{20,}")
MASKED = r"\1***"


class MaskSecrets(logging.Filter):
    """Takes the token out of whatever a record says, its arguments included; of the web server's own lines as well."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(record.msg)
        if isinstance(record.args, dict):
            record.args = {name: masked(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(masked(value) for value in record.args)
        return True


def masked(value):
    return SECRET.sub(MASKED, value) if isinstance(value, str) else value
