"""The base of all views of the tablet API: permissions, client version, no caching."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from visits.api.throttles import TabletThrottle
from visits.enums import DeviceState
from visits.lib import shapes
from visits.lib.problems import ProblemError
from visits.models import Device
from visits.tablets import devices


def require_shape(schema: dict[str, Any], value: Any) -> Any:
    """The value if it has this schema. Raises the problem `invalid`."""
    found = shapes.list_errors(schema, value)
    if found:
        raise ProblemError("invalid", errors=found)
    return value


def client_number(request: Request) -> int:
    """The client's protocol number; 0 if the header is missing."""
    text = request.headers.get("Jb-Client", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def calling_device_or_none(request: Request) -> Device | None:
    """The calling tablet; None if the call is not authenticated."""
    return request.auth if isinstance(request.auth, Device) else None


class TabletView(APIView):
    """A call of a paired tablet.

    `hand_in`: revoked tablets may call it too. `newest`: refused to old clients.
    """

    throttle_classes = [TabletThrottle]
    hand_in = False
    newest = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method not in self.allowed_methods:  # before anything else is said about the call
            self.http_method_not_allowed(request, *args, **kwargs)
        super().initial(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        device = calling_device_or_none(request)
        if device is None or device.state == DeviceState.WIPED:
            raise ProblemError("unauthenticated")
        if device.state == DeviceState.REVOKED and not self.hand_in:
            raise devices.revoked_problem(device)
        if self.newest and client_number(request) < settings.OLDEST_CLIENT:
            raise ProblemError("client-too-old")
        devices.note_contact(device=device, client=client_number(request))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


class OpenView(TabletView):
    """A call without authentication."""

    authentication_classes = []

    def check_permissions(self, request: Request) -> None:
        return


def calling_device(request: Request) -> Device:
    """The calling tablet, in a view that only tablets reach."""
    device = calling_device_or_none(request)
    assert device is not None
    return device


class NothingHereView(OpenView):
    """Any other address below /api/v1/: a problem document instead of Django's 404 page."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise ProblemError("not-found")

    def get(self, request: Request) -> Response:
        raise ProblemError("not-found")
