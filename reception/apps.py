from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "reception"
    verbose_name = "接待群众"

    def ready(self):
        from reception import doorbell  # noqa: F401  its receivers, once the models are there
