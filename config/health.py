"""Health checks for a load balancer, systemd and the person on call: ages and counts, no secrets."""

import logging
from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outreach import vault
from outreach.lib.crypto import KeyRingError
from visits.ops import heartbeat

logger = logging.getLogger(__name__)

WORKER_FRESH_SECONDS = 60


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
def readyz_view(request: HttpRequest) -> JsonResponse:
    """503 if pages cannot be served; 200 "degraded" if pages work but jobs wait for a worker."""
    try:
        body: dict[str, Any] = {"database": "ok", "migrations": _check_migrations(), "jobs": _describe_jobs()}
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if body["migrations"] != "applied":
        return JsonResponse({"status": "unavailable", **body}, status=503)
    try:
        vault.load_key_ring()
    except KeyRingError as error:
        return JsonResponse({"status": "unavailable", **body, "keys": str(error)}, status=503)
    state = "ready" if body["jobs"]["worker"] == "alive" else "degraded"
    return JsonResponse({"status": state, **body})


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
