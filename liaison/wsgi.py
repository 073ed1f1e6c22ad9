import os
import sys

from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

application = get_wsgi_application()

try:
    call_command("check_wall", stdout=sys.stderr)
except OperationalError:
    pass  # pages answer 503 until the database is back
except CommandError as breach:
    sys.exit(f"无法启动：{breach}")
