"""Which addresses this process answers: those of the doors that it opens (setting `DOORS`)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = []
if "admin" in settings.DOORS:
    urlpatterns.append(path("admin/", admin.site.urls))
