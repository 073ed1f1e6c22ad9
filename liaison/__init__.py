"""Ground floor: who and where. Also the Django project package."""

from liaison.celery import app as celery_app

__all__ = ["celery_app"]
