"""Calls of tablets without a valid token: ping, pairing, token renewal."""

import re
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from visits.api import schema
from visits.api.base import OpenView, require_shape
from visits.api.throttles import PairingThrottle, PingThrottle, TokenThrottle
from visits.keys import epochs
from visits.lib import moments
from visits.lib.problems import ProblemError
from visits.sync import me, shapes
from visits.tablets import devices, greetings

_NONCE = "^[A-Za-z0-9_-]{16,64}$"


class PingView(OpenView):
    """Tells a real server from a captive portal."""

    throttle_classes = [PingThrottle]

    @schema.describe_call(
        "ping",
        "A signed sign of life over the caller's nonce",
        answers={200: schema.PING},
        problems="invalid",
        parameters=[
            OpenApiParameter(
                "nonce", type={"type": "string", "pattern": _NONCE, "maxLength": 64}, required=True
            )
        ],
    )
    def get(self, request: Request) -> Response:
        nonce = request.query_params.get("nonce", "")
        if not re.fullmatch(_NONCE, nonce):
            raise ProblemError(
                "invalid", errors=[{"field": "nonce", "message": _("Bentuk isian tidak sesuai.")}]
            )
        return Response({"ping": greetings.sign_ping(nonce=nonce), "key_chain": me.key_chain()})


def _token_answer(issued: devices.IssuedToken) -> dict[str, Any]:
    return {"token": issued.token, "token_expires_at": moments.format_utc(issued.row.expires_at)}


class DevicesView(OpenView):
    """Pairing."""

    throttle_classes = [PairingThrottle]

    @schema.describe_call(
        "pair",
        "A tablet joins a team with a one-time code, signed by its new key",
        body=shapes.SIGNED,
        answers={201: schema.PAIRED},
        problems="malformed-json bad-signature unsupported-media invalid conflict-key code-gone client-too-old",
    )
    def post(self, request: Request) -> Response:
        issued = devices.pair_device(jws=require_shape(shapes.SIGNED, request.data)["jws"])
        answer = {
            "device": str(issued.device.pk),
            **_token_answer(issued),
            "epoch": epochs.current_epoch(),
            "me": greetings.sign_me(device=issued.device),
        }
        return Response(answer, status=201)


class TokensView(OpenView):
    """A new token after days away."""

    throttle_classes = [TokenThrottle]

    @schema.describe_call(
        "newToken",
        "A new token for a tablet that signs a fresh ping",
        body=shapes.SIGNED,
        answers={201: schema.ISSUED},
        problems="malformed-json bad-signature unauthenticated ping-stale unsupported-media invalid device-revoked",
    )
    def post(self, request: Request) -> Response:
        issued = devices.exchange_token(jws=require_shape(shapes.SIGNED, request.data)["jws"])
        return Response(_token_answer(issued), status=201)
