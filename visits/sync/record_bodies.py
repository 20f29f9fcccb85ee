"""A whole record in one body: its signed manifest, then its chunks.

Each is preceded by its length, four bytes with the highest first. What a chunk is says its own hash.
"""

from collections.abc import Iterator
from typing import IO

from visits.lib.jose import MAX_JWS_CHARS
from visits.lib.problems import ProblemError
from visits.sync import limits

LENGTH_BYTES = 4
RECORD_BYTES = MAX_JWS_CHARS + limits.CAPTURE_BYTES + (1 + limits.CAPTURE_CHUNKS) * LENGTH_BYTES


class RecordBody:
    """A body of `length` bytes, read as it comes. `cut` is the error of a line that ended early; None otherwise.

    Problems, when made: bad-request (does not begin with a manifest), or the line's `OSError`.
    """

    def __init__(self, stream: IO[bytes], *, length: int) -> None:
        self._stream, self._left = stream, length
        self.cut: OSError | None = None
        self.manifest = self._read_item(MAX_JWS_CHARS).decode("ascii", "replace")
        if not self.manifest:
            raise ProblemError("bad-request")

    def read_chunks(self) -> Iterator[bytes]:
        """The chunks, to the end, or the cut, or what cannot be one; what follows that is passed over."""
        try:
            for _number in range(limits.CAPTURE_CHUNKS):
                data = self._read_item(limits.CHUNK_BYTES)
                if not data:
                    break
                yield data
            while self._left > 0 and self._read(limits.CHUNK_BYTES):
                pass
        except OSError as error:
            self.cut = error

    def _read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data

    def _read_item(self, most: int) -> bytes:
        """The next item; empty where there is none of at most `most` bytes."""
        size = int.from_bytes(self._read(LENGTH_BYTES), "big")
        return self._read(size) if 0 < size <= min(most, self._left) else b""
