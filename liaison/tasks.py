from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command

from liaison import trail


@shared_task(ignore_result=True)
def seal():
    """Link new entries of the trail; swept by beat, safe to run at any time and twice."""
    trail.seal()


@shared_task(ignore_result=True)
def forget_sessions():
    """Log-ins that have run out, each night."""
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
