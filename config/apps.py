from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class OfficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the office's pages in it."""

    default = False
    default_site = "config.admin_site.OfficeAdminSite"


class ConfigConfig(AppConfig):
    """Wiring: settings, doors, checks, health."""

    default = True
    name = "config"
    verbose_name = "Pengaturan"
