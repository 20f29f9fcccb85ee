"""Authentication of tablets by their opaque token. Cookies are ignored."""

import re

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from visits.lib.problems import ProblemError
from visits.models import Device
from visits.tablets import devices

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{20,100})")


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; the tablet becomes `request.user`."""

    def authenticate(self, request: Request) -> tuple[Device, Device] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        match = _BEARER.fullmatch(header)
        device = devices.find_device_by_token(match.group(1)) if match else None
        if device is None:
            raise ProblemError("unauthenticated")
        return device, device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
