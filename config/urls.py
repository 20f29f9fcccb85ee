"""Which addresses this process answers: those of the doors that it opens (setting `DOORS`)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
if "tablet" not in settings.DOORS:
    urlpatterns.append(path("bahasa/", include("django.conf.urls.i18n")))
if "admin" in settings.DOORS:
    urlpatterns.append(path("admin/", admin.site.urls))
if "tablet" in settings.DOORS:
    urlpatterns.append(path("", include("visits.urls")))
if "public" in settings.DOORS:
    urlpatterns.append(path("", include("outreach.urls")))
