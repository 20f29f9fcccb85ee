"""Kernels are compiled for the types they declare, and for nothing else."""

import importlib
import pkgutil

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from tests.support.planning_case import make_problem
from visits.planning import engine, plan
from visits.planning.engine import clock, data


def test_every_kernel_has_one_machine_signature():
    plan(make_problem(1), iterations=20)
    names = [f"{engine.__name__}.{found.name}" for found in pkgutil.iter_modules(engine.__path__)]
    parts = [part for name in names for part in vars(importlib.import_module(name)).values()]
    kernels = {part.py_func.__qualname__: part for part in parts if isinstance(part, Dispatcher)}
    assert len(kernels) > 20
    assert {name for name, one in kernels.items() if len(one.signatures) != 1} == set()


def test_arrays_of_another_type_are_refused_not_compiled_for():
    d = data.build_model(make_problem(1)).data
    with pytest.raises(TypeError):
        clock.travel_seconds(d._replace(matrix=d.matrix.astype(np.int64)), 0, 0, 1)
