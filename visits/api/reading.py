"""Reads of tablets: their own data, and their team's days."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from visits.api import schema
from visits.api.base import TabletView, calling_device
from visits.lib import strict_json
from visits.lib.problems import ProblemError
from visits.sync import days
from visits.tablets import greetings

_IF_NONE_MATCH = OpenApiParameter("If-None-Match", type=str, location=OpenApiParameter.HEADER)


def _answer_with_etag(request: Request, content: dict[str, Any], version: str) -> Response:
    """The content with its ETag, or 304 if the tablet has this version."""
    etag = f'"{version}"'
    asked = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if etag in asked:
        return Response(status=304, headers={"ETag": etag})
    return Response(content, headers={"ETag": etag})


class MeView(TabletView):
    """Who the tablet is, signed by the server."""

    @schema.describe_call(
        "me",
        "Team, officers, policy and keys, in a signed answer",
        answers={200: schema.ME},
        problems="unauthenticated device-revoked",
    )
    def get(self, request: Request) -> Response:
        return Response({"me": greetings.sign_me(device=calling_device(request))})


class DaysView(TabletView):
    """Which version of each day is the newest."""

    newest = True

    @schema.describe_call(
        "days",
        "The version of each day from yesterday to a week ahead, and messages not yet read",
        answers={200: schema.DAYS, 304: None},
        problems="unauthenticated device-revoked client-too-old",
        parameters=[_IF_NONE_MATCH],
    )
    def get(self, request: Request) -> Response:
        content = days.list_day_versions(device=calling_device(request), today=timezone.localdate())
        return _answer_with_etag(request, content, strict_json.content_sha256(content))


class DayView(TabletView):
    """One day, whole."""

    newest = True

    @schema.describe_call(
        "day",
        "One day from one snapshot; its version is the hash of its content",
        answers={200: schema.DAY, 304: None},
        problems="unauthenticated device-revoked client-too-old not-found",
        parameters=[
            _IF_NONE_MATCH,
            OpenApiParameter(
                "day", type={"type": "string", "format": "date"}, location=OpenApiParameter.PATH
            ),
        ],
    )
    def get(self, request: Request, day: str) -> Response:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise ProblemError("not-found") from None
        content = days.load_day(device=calling_device(request), wanted=wanted, today=timezone.localdate())
        if content is None:
            raise ProblemError("not-found")
        return _answer_with_etag(request, content, content["version"])
