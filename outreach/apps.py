from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Who needs us: region, residents, their needs and requests."""

    name = "outreach"
    verbose_name = "Warga dan permohonan"
    default_auto_field = "django.db.models.BigAutoField"
