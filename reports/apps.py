from django.apps import AppConfig


class ReportsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "reports"
    verbose_name = "统计报表"

    def ready(self):
        """The kinds of jobs that this app declares are known to every process."""
        from reports import documents  # noqa: F401
