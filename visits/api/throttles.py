"""How often: by address before a tablet is known, by tablet afterwards."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle

from visits.models import DeviceToken


class PingThrottle(AnonRateThrottle):
    scope = "ping"


class PairingThrottle(AnonRateThrottle):
    scope = "pairing"


class TokenThrottle(AnonRateThrottle):
    scope = "tokens"


class TabletThrottle(SimpleRateThrottle):
    scope = "tablet"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        token = request.auth
        return f"throttle_tablet_{token.device_id}" if isinstance(token, DeviceToken) else None
