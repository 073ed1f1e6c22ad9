"""The Celery application; its settings are those named CELERY_… in liaison/settings.py."""

import logging
import os

from celery import Celery
from celery.signals import after_setup_logger, worker_init

from liaison.starting import stand_behind_the_wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

app = Celery("liaison")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@after_setup_logger.connect
def leave_out_the_routine(**_):
    """The sweep comes every ten seconds: three lines each time would bury what matters. Tasks say what they did."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


@worker_init.connect
def begin(**_):
    stand_behind_the_wall()
