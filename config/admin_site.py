"""The office's admin: Django's own, with our name on it and the day's work on its first page."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from config.work import list_work_cards


class OfficeAdminSite(AdminSite):
    site_header = _("Jemput Bola (peragaan)") if settings.DEMO else "Jemput Bola"
    site_title = "Jemput Bola"
    index_title = _("Pekerjaan hari ini")
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The office's work first, the machinery last."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        order = {label: place for place, label in enumerate(("outreach", "visits", "auth"))}
        return sorted(apps, key=lambda app: order.get(app["app_label"], len(order)))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits to be done, for this member of staff; then Django's list of models."""
        return super().index(request, {"work": list_work_cards(request), **(extra_context or {})})
