"""The tablet's API as a whole: every error is a problem document (RFC 9457), whatever raised it."""

import logging
import traceback
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from outreach import formats
from visits.keys.key_files import KeyMissingError
from visits.lib.problems import ProblemError

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5

# The first class that fits says which problem it is.
_CODES: list[tuple[tuple[type[Exception], ...], str]] = [
    ((exceptions.ParseError,), "malformed-json"),
    ((exceptions.UnsupportedMediaType,), "unsupported-media"),
    ((exceptions.MethodNotAllowed,), "method-not-allowed"),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), "unauthenticated"),
    ((Http404, exceptions.NotFound), "not-found"),
    ((exceptions.ValidationError,), "invalid"),
    ((PermissionDenied, exceptions.PermissionDenied), "not-mine"),
    ((RequestDataTooBig,), "too-large"),
    ((SuspiciousOperation, exceptions.APIException), "bad-request"),
]


def _build_too_many(seconds: int) -> ProblemError:
    """Too many calls, with the moment from which on they are taken again."""
    moment = formats.format_wait_end(timezone.now() + timedelta(seconds=seconds))
    detail = _("Kiriman dari tablet ini baru diterima lagi setelah %(moment)s.") % {"moment": moment}
    return ProblemError("too-many", retry_after=seconds, extra={"detail": detail})


def _build_problem(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, exceptions.Throttled):
        return _build_too_many(int(getattr(error, "wait", None) or 1) + 1)
    for classes, code in _CODES:
        if isinstance(error, classes):
            return ProblemError(code)
    busy = isinstance(error, OperationalError | KeyMissingError | OSError)
    # where it happened, and of which kind: the message of an error may hold what was sent
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
    logger.error("api_%s %s %s", "busy" if busy else "error", type(error).__name__, " ".join(where))
    return ProblemError("busy", retry_after=BUSY_SECONDS) if busy else ProblemError("server-error")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any error of a view with its problem document."""
    problem = _build_problem(error)
    headers = {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.code == "method-not-allowed":
        headers["Allow"] = ", ".join(getattr(context.get("view"), "allowed_methods", []))
    return Response(
        problem.document(), status=problem.status, headers=headers, content_type="application/problem+json"
    )
