from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """When we come, who goes, what was recorded, where the card is."""

    name = "visits"
    verbose_name = _("Kunjungan")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from visits import tasks
        from visits.ops import schedules

        post_spawn.connect(schedules.sync_at_worker_start, dispatch_uid="schedules")
        post_spawn.connect(tasks.worker_started, dispatch_uid="warm")
