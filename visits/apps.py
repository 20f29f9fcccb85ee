from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """When we come, who goes, what was recorded, where the card is."""

    name = "visits"
    verbose_name = _("Kunjungan")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from outreach import family_news, office_calendar
        from visits import tasks
        from visits.ops import schedules
        from visits.schedule.dispatch import family_news as told
        from visits.workforce import calendar

        office_calendar.use_calendar(calendar)
        family_news.use_news(told)
        post_spawn.connect(schedules.sync_at_worker_start, dispatch_uid="schedules")
        post_spawn.connect(tasks.worker_started, dispatch_uid="warm")
