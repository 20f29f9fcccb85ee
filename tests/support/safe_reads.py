"""Requests that only read must write nothing: every GET and HEAD of every test in this process is watched."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# What reading leaves behind: who is signed in, which tablet was heard of when, how often somebody asked, who looked at
# families' telephones; and what whoever asks first makes once: the office's keys, the database's epoch.
TRACES = {
    *("django_session", "visits_device", "outreach_throttle"),
    *("outreach_logentry", "visits_publickey", "visits_epoch"),
}


class ReadWroteError(AssertionError):
    """A request that only reads changed a table."""


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    match = WRITE.match(sql)
    if match and match[1] not in TRACES:
        raise ReadWroteError(sql[:200])
    return execute(sql, params, many, context)


@contextmanager
def watch_reads() -> Iterator[None]:
    """While the block runs, a GET or HEAD that writes to a table of the product raises `ReadWroteError`."""
    handle = BaseHandler.get_response

    def get_response(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return handle(self, request)
        with connection.execute_wrapper(_refuse_writes):
            return handle(self, request)

    BaseHandler.get_response = get_response  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseHandler.get_response = handle  # type: ignore[method-assign]
