"""Health checks for a load balancer, systemd and the person on call: ages and counts, no secrets."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outreach import vault
from outreach.lib.crypto import KeyRingError
from outreach.views.address import client_address, is_address_hidden, parse_address
from visits.keys import missing_keys
from visits.ops import heartbeat

logger = logging.getLogger(__name__)

WORKER_FRESH_SECONDS = 60
HIDDEN = "a proxy hides the browsers' addresses: it has to send the header that CLIENT_ADDRESS_HEADER names"


class HealthMiddleware:
    """Stands before what asks for a host name or a session, which who looks after this machine has not. It
    also notes whether requests come with the address of who sent them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.hidden = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return healthz_view(request)
        if request.path_info == "/readyz":
            return readyz_view(request, hidden=self.hidden) if _may_ask(request) else HttpResponseNotFound()
        if not self.hidden and is_address_hidden(request):
            self.hidden = True
            logger.warning(HIDDEN)
        return self.get_response(request)


def _may_ask(request: HttpRequest) -> bool:
    """This machine itself, and whom READYZ_FROM names; not who comes through a proxy that is on it."""
    address = None if is_address_hidden(request) else parse_address(client_address(request))
    if address is None:
        return False
    return address.is_loopback or any(address in network for network in settings.READYZ_FROM)


def record_task_end(**signal: object) -> None:
    """Record that a worker finished a task. Errors are logged, never raised."""
    try:
        heartbeat.record_sign_of_life()
    except DatabaseError:
        logger.warning("the worker's sign of life was not written")


@require_safe
@never_cache
def healthz_view(request: HttpRequest) -> JsonResponse:
    """200 while the process answers. Uses nothing else, so that a slow database does not get it killed."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz_view(request: HttpRequest, *, hidden: bool = False) -> JsonResponse:
    """503 if pages cannot be served; 200 "degraded" if pages work but jobs wait for a worker, keys are missing
    that will be needed, or a proxy hides the browsers' addresses."""
    try:
        body: dict[str, Any] = {"database": "ok", "migrations": _check_migrations(), "jobs": _describe_jobs()}
        serves = body["migrations"] == "applied" and _can_seal()
        if body["migrations"] == "applied" and (missing := missing_keys.list_missing_keys()):
            body["keys"] = missing
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if hidden:
        body["client_address"] = HIDDEN
    if not serves:
        return JsonResponse({"status": "unavailable", **body}, status=503)
    well = body["jobs"]["worker"] == "alive" and not {"keys", "client_address"} & set(body)
    return JsonResponse({"status": "ready" if well else "degraded", **body})


def _can_seal() -> bool:
    try:
        vault.load_key_ring()
    except KeyRingError:
        return False
    return True


@cache
def _known_applied() -> dict[str, bool]:
    """Cached once migrations are applied; only a negative answer is asked again."""
    return {"applied": False}


def _check_migrations() -> str:
    known = _known_applied()
    if not known["applied"]:
        executor = MigrationExecutor(connection)
        known["applied"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    else:
        connection.ensure_connection()
    return "applied" if known["applied"] else "missing: run manage.py migrate"


def _describe_jobs() -> dict[str, Any]:
    now = timezone.now()
    seen = heartbeat.last_sign_of_life()
    silent = round((now - seen).total_seconds()) if seen else None
    alive = silent is not None and silent <= WORKER_FRESH_SECONDS
    waiting = heartbeat.oldest_waiting_since()
    return {
        "worker": "alive" if alive else "silent",
        "worker_silent_seconds": silent,
        "oldest_waiting_seconds": max(0, round((now - waiting).total_seconds())) if waiting else 0,
        "runs_without_worker": heartbeat.count_interrupted_runs(),
    }
