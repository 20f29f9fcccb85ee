"""How the engine's functions are compiled: once, to a cache, without the interpreter's lock.

The idea: every kernel takes plain arrays (in the named tuples of data.py) and allocates nothing, so
it is compiled without numba's reference counting, which makes it faster to compile, faster to run,
and free of shared counters that two threads would fight over. No fastmath: the same seed must give
the same plan. Only this package imports numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Array = NDArray[Any]

_njit = cast("Any", numba.njit)  # its stubs do not know _nrt
_compile = _njit(nogil=True, cache=True, error_model="numpy", boundscheck=False, _nrt=False)


def kernel(function: F) -> F:
    """Compile for threads, cached on disk next to the source or under NUMBA_CACHE_DIR."""
    compiled: F = _compile(function)
    return compiled
