from axes import apps as axes_apps
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class OfficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the office's pages in it."""

    default = False
    default_site = "config.admin_site.OfficeAdminSite"


class LoginTriesConfig(axes_apps.AppConfig):  # type: ignore[misc]  # axes has no types
    """django-axes under a name that the office understands."""

    default = False
    verbose_name = _("Percobaan masuk")


class ConfigConfig(AppConfig):
    """Wiring: settings, doors, checks, health."""

    default = True
    name = "config"
    verbose_name = "Pengaturan"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django_q.signals import post_execute_in_worker

        from config import checks, private, road_checks, time_checks  # noqa: F401  # the checks register themselves
        from config.accounts import checks as account_checks  # noqa: F401
        from config.accounts import two_factor, user_admin
        from config.health import record_task_end

        private.secure_process_files()
        post_execute_in_worker.connect(record_task_end, dispatch_uid="sign of life")
        user_logged_in.connect(two_factor.note_login, dispatch_uid="second step")
        user_admin.register()
