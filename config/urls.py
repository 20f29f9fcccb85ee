"""Addresses of this process: those of the doors that it serves (setting `DOORS`)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path


def list_door_urls(names: list[str]) -> list[URLPattern | URLResolver]:
    """The addresses behind these doors."""
    found: list[URLPattern | URLResolver] = []
    if "tablet" in names:
        found.append(path("api/v1/", include("visits.api.urls")))
        found.append(path("", include("visits.urls")))
    else:
        found.append(path("bahasa/", include("django.conf.urls.i18n")))
    if "admin" in names:
        found.append(path("admin/", admin.site.urls))
    if "public" in names:
        found.append(path("", include("outreach.urls")))
    return found


urlpatterns = list_door_urls(settings.DOORS)
handler500 = "config.busy.server_error_view"
