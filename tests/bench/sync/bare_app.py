"""The least that a server can do with what tablets send: read the body, write it, fsync it, answer.

`BARE_FOLDER` names the folder. Run under the product's own gunicorn settings.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PIECE = 256 * 1024
_folder = Path(os.environ["BARE_FOLDER"])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    left, stream = int(environ.get("CONTENT_LENGTH") or 0), environ["wsgi.input"]
    with (_folder / secrets.token_hex(16)).open("wb") as file:
        while left:
            data = stream.read(min(PIECE, left))
            file.write(data)
            left -= len(data)
        file.flush()
        os.fsync(file.fileno())
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]
