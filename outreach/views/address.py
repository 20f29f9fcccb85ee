"""The client's network address."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

# What proxies add to a request.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")


def client_address(request: HttpRequest) -> str:
    """The browser's address; behind the office's proxy, from the header that the settings name."""
    return _named_address(request) or request.META.get("REMOTE_ADDR", "")


def _named_address(request: HttpRequest) -> str:
    header = settings.CLIENT_ADDRESS_HEADER
    return request.headers.get(header, "").split(",")[-1].strip() if header else ""


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one also where it is written as IPv6; None if it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_address_hidden(request: HttpRequest) -> bool:
    """Whether a proxy of ours stands before us and we do not learn the browser's address: everybody would
    share one, and its limits."""
    if not any(name in request.headers for name in FORWARDED):
        return False
    if settings.CLIENT_ADDRESS_HEADER:
        address = parse_address(_named_address(request))
        return address is None or address.is_loopback
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    return peer is None or peer.is_private  # a stranger on the net may write such headers, too
