"""How the engine's functions are compiled: once, to a disk cache, and without the interpreter's lock.

The idea: every kernel takes plain arrays (in the named tuples of data.py) and allocates nothing, so it is
compiled without numba's reference counting. That compiles faster, runs faster, and avoids shared counters
that two threads would contend for. Its annotations are its only signature (shapes.py): whole numbers are
int64 wherever they come from, so no kernel is compiled twice. No fastmath: the same seed must give the same
plan. numba's cache does not notice when an inlined function has changed, so the folder of the cache carries a
digest of all files of this package. Only this package imports numba.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numba
from numba.core import types

OPTIONS = {
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "boundscheck": False,
    "_nrt": False,
    "no_cfunc_wrapper": True,  # nobody calls a kernel from C; it would only be compiled
}

F = TypeVar("F", bound=Callable[..., Any])

HERE = Path(__file__).parent
PLAIN: dict[object, Any] = {
    int: types.int64,
    float: types.float64,
    bool: types.boolean,
    type(None): types.none,
}


def cache_folder() -> Path:
    """The folder for compiled code of exactly these sources: in NUMBA_CACHE_DIR, beside them, in the home, or
    temporary; the first of these that can be written."""
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


def machine_type(hint: Any) -> Any:
    """The numba type of an annotation: a plain type, a tuple, a named tuple of arrays, or an array of
    shapes.py."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is tuple:
        return cast("Any", types).Tuple([machine_type(part) for part in get_args(hint)])
    if hasattr(hint, "_fields"):  # a named tuple of arrays
        parts = get_type_hints(hint, include_extras=True).values()
        return cast("Any", types).NamedTuple([machine_type(part) for part in parts], hint)
    _, element, axes = get_args(hint)
    return types.Array(getattr(types, element), axes, "C")


def kernel(function: F) -> F:
    """Compile a function for the types of its annotations: cached, without allocation, and without the
    interpreter's lock."""
    return _compile(function)


def inlined_kernel(function: F) -> F:
    """A kernel that is copied into its callers: every array of Data and State is seven words or more, which a call
    has to push."""
    return _compile(function, forceinline=True)


def _compile(function: F, **more: bool) -> F:
    """Compile with the options of all kernels and some more."""
    hints = get_type_hints(function, include_extras=True)
    returned = machine_type(hints.pop("return"))
    signature = returned(*map(machine_type, hints.values()))
    compiled: F = _njit(signature, **OPTIONS, **more)(function)
    return compiled
