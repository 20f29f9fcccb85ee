"""System checks of the office's accounts and of the host that its pages answer at."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host

from config.accounts import two_factor


@register(Tags.security, deploy=True)
def two_factor_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A password alone opens every name and address."""
    if two_factor.is_required():
        return []
    until = "in a demo" if settings.DEMO else f"until {settings.STAFF_TWO_FACTOR_FROM}"
    return [
        Warning(
            f"Staff sign in by a password alone {until}.",
            hint="Unset STAFF_TWO_FACTOR_FROM, or set it to a day that is near.",
            id="config.W024",
        )
    ]


@register(Tags.urls)
def office_host_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A host of the office's own has to be one that we answer at, and not the public one."""
    host = urlsplit(settings.ADMIN_URL).hostname
    if not settings.ADMIN_URL:
        return []
    if (
        host
        and validate_host(host, settings.ALLOWED_HOSTS)
        and host != urlsplit(settings.PUBLIC_URL).hostname
    ):
        return []
    return [
        Error(
            f"ADMIN_URL: {settings.ADMIN_URL} is no host of the office's own.",
            hint="An address such as https://kantor.example.go.id, its host in ALLOWED_HOSTS, other than PUBLIC_URL's.",
            id="config.E025",
        )
    ]
