"""The office's admin: Django's own, with our name on it and the day's work on its first page."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from config.accounts import two_factor_pages
from config.accounts.login import StaffLoginForm
from config.work import list_work_cards

# What an office sets once and seldom looks at: a heading of its own on the first page.
SETTINGS = frozenset(
    ("CalendarDay", "District", "HealthPost", "Regency", "TravelFit", "Village", "VisitTime", "WorkingHours")
)


class OfficeAdminSite(AdminSite):
    site_header = _("Jemput Bola (peragaan)") if settings.DEMO else "Jemput Bola"
    site_title = "Jemput Bola"
    index_title = _("Pekerjaan hari ini")
    enable_nav_sidebar = False
    login_form = StaffLoginForm
    site_url = settings.PUBLIC_URL if settings.ADMIN_URL else "/"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("dua-langkah/", partial(two_factor_pages.verify_page, self), name="two_factor_verify"),
            path("dua-langkah/pasang/", partial(two_factor_pages.enrol_page, self), name="two_factor_enrol"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The office's work first, then what it sets once, and the machinery last."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        if app_label is None:
            apps = [*apps, *_take_settings(apps)]
        order = {label: place for place, label in enumerate(("outreach", "visits", "settings", "auth"))}
        return sorted(apps, key=lambda app: order.get(app["app_label"], len(order)))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits to be done, for this member of staff; then Django's list of models."""
        return super().index(request, {"work": list_work_cards(request), **(extra_context or {})})


def _take_settings(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The heading of the SETTINGS among the apps' models, which lose them; none where nobody may see one."""
    models = [model for app in apps for model in app["models"] if model["object_name"] in SETTINGS]
    for app in apps:
        app["models"] = [model for model in app["models"] if model["object_name"] not in SETTINGS]
    if not models:
        return []
    return [
        {
            "name": _("Pengaturan"),
            "app_label": "settings",
            "app_url": reverse("admin:index"),
            "has_module_perms": True,
            "models": sorted(models, key=lambda model: str(model["name"])),
        }
    ]
