"""Request bodies before Django reads them: charset and completeness."""

import codecs
from typing import Any, Protocol

from django.utils.http import parse_header_parameters


def is_utf8(charset: str) -> bool:
    """Whether this is UTF-8 by any of its names."""
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


def neutralise_charset(content_type: str) -> str:
    """The content type with any charset but UTF-8 replaced by "other", which Django ignores.

    Python also knows "hex" or "undefined" as charsets, which cannot decode text; Django would fail on them as
    soon as an address has a query string. `CharsetMiddleware` then answers.
    """
    kind, parameters = parse_header_parameters(content_type)
    charset = parameters.get("charset")
    return content_type if charset is None or is_utf8(charset) else f"{kind}; charset=other"


class BodyStream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int = -1, /) -> bytes: ...


class CutOffError(OSError):
    """The connection ended within the body."""


class WholeBody:
    """A body that is read to its end or fails: half a form must not be taken for what somebody wrote."""

    def __init__(self, stream: BodyStream, *, length: int) -> None:
        self._stream, self._left = stream, length

    def _taken(self, data: bytes, *, asked: int) -> bytes:
        self._left -= len(data)
        if asked and not data and self._left > 0:
            raise CutOffError("the body ended early")
        return data

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; raises `CutOffError` where the rest never comes."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = b""
        while len(data) < wanted:
            data += self._taken(self._stream.read(wanted - len(data)), asked=wanted)
        return data

    def readline(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        return self._taken(self._stream.readline(wanted), asked=wanted)


def prepare_request(asked: dict[str, Any]) -> None:
    """Make a WSGI request (its variables) safe to read."""
    if "charset" in asked.get("CONTENT_TYPE", "").lower():
        asked["CONTENT_TYPE"] = neutralise_charset(asked["CONTENT_TYPE"])
    length = asked.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and length != "0":
        asked["wsgi.input"] = WholeBody(asked["wsgi.input"], length=int(length))
