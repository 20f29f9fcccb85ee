"""The client's network address."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The browser's address; behind the office's proxy, from the header that the settings name."""
    header = settings.CLIENT_ADDRESS_HEADER
    named = request.headers.get(header, "") if header else ""
    return named.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")
