from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """Who needs us: region, residents, their needs and requests."""

    name = "outreach"
    verbose_name = _("Warga dan permohonan")
    default_auto_field = "django.db.models.BigAutoField"
