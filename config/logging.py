"""Log lines without people in them: one line a record, plain or JSON, on standard error.

Whatever reaches a log, from us or from a library, a traceback included, passes `scrub_line` last.
"""

import json
import logging
import os
import re
import time
from typing import Any

# A NIK or family card number: 16 digits, also when grouped. A phone: 08…, 628… or +628…, also when grouped.
# A digit, a letter or a point before or after means that it is part of something else, as in a checksum.
_SEPARATED = r"(?:[ .\-]?\d)"
_PATTERNS = [
    (re.compile(rf"(?<![\w.])\d{_SEPARATED}{{15}}(?![\w])"), "[16 digits]"),
    (re.compile(rf"(?<![\w.])(?:\+?62[ .\-]?|0)8{_SEPARATED}{{7,11}}(?![\w])"), "[phone]"),
    (re.compile(r"(?<=\?)[^\s\"']+(?==)[^\s\"']*"), "[query]"),
]


def scrub_line(text: str) -> str:
    """Take numbers that identify a person, and query strings, out of a log line."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class PlainFormatter(logging.Formatter):
    """For people: time, level, where, what."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return scrub_line(super().format(record))


class JsonFormatter(PlainFormatter):
    """For machines: the same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": scrub_line(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = scrub_line(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class NoProbes(logging.Filter):
    """Load balancers and watchdogs ask every few seconds; that is not worth a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not re.match(r"(GET|HEAD) /(healthz|readyz) ", record.getMessage())


def logging_config() -> dict[str, Any]:
    """For `logging.config.dictConfig`. Django's own e-mails about errors are not used: they quote forms."""
    formatter = JsonFormatter if os.environ.get("LOG_FORMAT") == "json" else PlainFormatter
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    console = {"handlers": ["console"], "level": level, "propagate": False}
    quiet = console | {"level": max(level, "WARNING", key=lambda name: getattr(logging, name))}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no probes": {"()": NoProbes}},
        "formatters": {"line": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: dict(console) for name in ("django", "django.server", "gunicorn.error")},
            "gunicorn.access": console | {"filters": ["no probes"]},
            # One line a task and one a start would hide what matters; urllib3's lines have homes' places in them.
            **{name: dict(quiet) for name in ("django-q", "axes", "urllib3")},
        },
    }
