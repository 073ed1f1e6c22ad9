"""When a rule, a studio or the working calendar changes, the rota is told; what misses this, the nightly plan sees."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from liaison.doorbell import ring
from liaison.models import Holiday
from reception.tasks import plan_rota
from studios.models import ReceptionRule, Studio


@receiver([post_save, post_delete], sender=ReceptionRule)
def follow_rule(instance: ReceptionRule, **_):
    transaction.on_commit(partial(ring, plan_rota, instance.studio_id))


@receiver(post_save, sender=Studio)
def follow_studio(instance: Studio, **_):
    transaction.on_commit(partial(ring, plan_rota, instance.pk))


@receiver([post_save, post_delete], sender=Holiday)
def follow_calendar(**_):
    transaction.on_commit(partial(ring, plan_rota))
