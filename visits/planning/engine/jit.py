"""How the engine's functions are compiled: once, to a cache, without the interpreter's lock.

The idea: every kernel takes plain arrays (in the named tuples of data.py) and allocates nothing, so
it is compiled without numba's reference counting, which makes it faster to compile, faster to run,
and free of shared counters that two threads would fight over. No fastmath: the same seed must give
the same plan. numba's cache does not see when a function that was inlined has changed, so the folder
of the cache carries a digest of all files with kernels or with the constants they use. Only this package imports numba.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Array = NDArray[Any]

HERE = Path(__file__).parent


def cache_folder() -> Path:
    """Where compiled code of exactly these sources goes: NUMBA_CACHE_DIR, beside them, or in the home."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))).hexdigest()[
        :16
    ]
    given = os.environ.get("NUMBA_CACHE_DIR")
    home = Path("~/.cache/jemput-bola").expanduser()
    for base in (Path(given) if given else HERE / "__pycache__", home):
        folder = base / f"engine-{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="jemput-bola-engine-"))


cast("Any", numba).config.CACHE_DIR = str(cache_folder())
_njit = cast("Any", numba.njit)  # its stubs do not know _nrt
_compile = _njit(nogil=True, cache=True, error_model="numpy", boundscheck=False, _nrt=False)


def kernel(function: F) -> F:
    """Compile for threads, without allocation, cached."""
    compiled: F = _compile(function)
    return compiled
