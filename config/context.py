"""Context of every page: the office's name, telephone and the frame's links."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def _reverse_or_empty(name: str) -> str:
    """The address of a named page, or nothing where this process does not open that door."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def describe_office(request: HttpRequest) -> dict[str, dict[str, str | bool]]:
    return {
        "office": {
            "name": settings.OFFICE_NAME,
            "phone": settings.OFFICE_PHONE,
            "demo": settings.DEMO,
            "home": _reverse_or_empty("outreach:home") or "/",
            "privacy": _reverse_or_empty("outreach:privacy"),
            "set_language": _reverse_or_empty("set_language"),
        }
    }
