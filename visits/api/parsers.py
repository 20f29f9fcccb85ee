"""Parsers of request bodies: bounded in size, strict, and always answered in JSON."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from visits.lib import strict_json
from visits.lib.problems import ProblemError
from visits.sync import limits
from visits.sync.record_bodies import RECORD_BYTES, RecordBody


def _require_length(stream: IO[bytes], most: int) -> int:
    length = getattr(stream, "META", {}).get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit() or int(length) > most:
        raise ProblemError("too-large")
    return int(length)


def _read_bounded(stream: IO[bytes], most: int) -> bytes:
    """At most `most` bytes. Raises before a longer body fills the memory."""
    _require_length(stream, most)
    body = stream.read(most + 1)
    if len(body) > most:
        raise ProblemError("too-large")
    return body


class StrictJSONParser(BaseParser):
    """JSON by `visits.lib.strict_json`, up to 1 MiB."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return strict_json.parse_json(_read_bounded(stream, limits.JSON_BYTES))
        except strict_json.JsonError as error:
            raise ProblemError("malformed-json") from error


class ChunkParser(BaseParser):
    """The raw bytes of one chunk."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return _read_bounded(stream, limits.CHUNK_BYTES)


class RecordParser(BaseParser):
    """A whole record (`visits.sync.record_bodies`), of which no more than a chunk is in memory."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return RecordBody(stream, length=_require_length(stream, RECORD_BYTES))


class JsonAlways(DefaultContentNegotiation):
    """Always answers in JSON, whatever `Accept` says."""

    def select_renderer(
        self, request: HttpRequest, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
