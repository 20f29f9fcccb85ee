from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """When we come, who goes, what was recorded, where the card is."""

    name = "visits"
    verbose_name = "Kunjungan"
    default_auto_field = "django.db.models.BigAutoField"
