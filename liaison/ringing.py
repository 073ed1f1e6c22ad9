"""When something is put into the outbox, a worker is told; what misses this, the sweep finds."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from liaison.doorbell import ring
from liaison.models.outbox import filled
from liaison.tasks import send_notices


@receiver(filled)
def follow_outbox(**_):
    transaction.on_commit(partial(ring, send_notices, expires=10))
