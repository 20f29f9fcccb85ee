import json
import logging
import sys

import pytest

from config.logging import JsonFormatter, NoProbes, PlainFormatter, logging_config, scrub_line


@pytest.mark.parametrize(
    "text",
    ["3519015705500001", "3519 0157 0550 0001", "3519.0157.0550.0001", "3519-0157-0550-0001"],
)
def test_a_nik_is_taken_out(text: str):
    assert scrub_line(f"NIK {text} is twice there") == "NIK [16 digits] is twice there"
    assert scrub_line(f"nik={text}, name") == "nik=[16 digits], name"


@pytest.mark.parametrize(
    "text", ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "6281234567890", "08123456789"]
)
def test_a_phone_number_is_taken_out(text: str):
    assert scrub_line(f"called {text}.") == "called [phone]."


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T04:50:09.854Z",
        "Booting worker with pid: 12398",
        "capture 019a9c5e-8f3e-7b1a-9a54-3f0a61f0a001 stored",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "score 23627.50 in 10.02 s",
        "GET /admin/ 200 5102 12ms",
    ],
)
def test_other_numbers_stay(text: str):
    assert scrub_line(text) == text


def test_a_query_string_is_taken_out():
    assert scrub_line("GET /status/?telepon=7890&ref=JB-X HTTP/1.1") == "GET /status/?[query] HTTP/1.1"


def _record(message: str, *args: object, error: bool = False) -> logging.LogRecord:
    exc_info = None
    if error:
        try:
            raise ValueError("NIK 3519015705500001 salah")
        except ValueError:
            exc_info = sys.exc_info()
    return logging.LogRecord("outreach", logging.ERROR, __file__, 1, message, args, exc_info)


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_arguments_and_tracebacks_are_scrubbed_too(formatter: logging.Formatter):
    line = formatter.format(_record("about %s", "081234567890", error=True))
    assert "about [phone]" in line
    assert "ValueError: NIK [16 digits] salah" in line
    assert "3519015705500001" not in line


def test_a_json_line_is_one_object():
    line = JsonFormatter().format(_record("two\nlines", error=True))
    assert "\n" not in line
    assert json.loads(line)["message"] == "two\nlines"
    assert set(json.loads(line)) == {"time", "level", "logger", "process", "message", "exception"}


def test_the_format_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    assert logging_config()["formatters"]["line"]["()"] is PlainFormatter
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert logging_config()["formatters"]["line"]["()"] is JsonFormatter


def test_no_error_is_sent_by_mail():
    config = logging_config()
    assert list(config["handlers"]) == ["console"]
    assert config["loggers"]["django"]["handlers"] == ["console"]


@pytest.mark.parametrize(
    ("line", "kept"),
    [("GET /healthz 200 16 1ms", False), ("HEAD /readyz 503 16 1ms", False), ("GET /admin/ 200 1 1ms", True)],
)
def test_probes_are_not_logged(line: str, kept: bool):
    assert NoProbes().filter(_record(line)) is kept
