"""The arrays that kernels take, by element and number of axes, all C-contiguous.

The idea: a kernel's annotations are its machine signature (jit.py reads them), so each is compiled exactly
once. This module knows names only and imports no numba.
"""

from __future__ import annotations

from typing import Annotated, Any

from numpy.typing import NDArray

Array = NDArray[Any]

Bytes = Annotated[Array, "uint8", 1]
Bytes2 = Annotated[Array, "uint8", 2]
Ints = Annotated[Array, "int32", 1]
Ints2 = Annotated[Array, "int32", 2]
Ints3 = Annotated[Array, "int32", 3]
Longs = Annotated[Array, "int64", 1]
Words = Annotated[Array, "uint64", 1]
Floats = Annotated[Array, "float64", 1]
Floats2 = Annotated[Array, "float64", 2]
