from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "liaison"
    verbose_name = "基础资料"

    def ready(self):
        from liaison import log_ins, ringing, trail  # noqa: F401  connect what happens at a log-in and on a notice
