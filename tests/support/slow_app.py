"""A small application behind our gunicorn worker, with a worker that loses its patience sooner."""

import time
from collections.abc import Iterable
from typing import Any

from config.bodies import prepare_request
from config.gunicorn_worker import PatientWorker


class Quick(PatientWorker):
    patience = 2.0
    haste = 1.0
    slowest = 100


def app(asked: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Reads the body and says how long it was; /lama takes its time first."""
    prepare_request(asked)
    if asked["PATH_INFO"] == "/lama":
        time.sleep(3)
    body = asked["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(body)).encode()]
