"""A small planning case with one field made wrong."""

import copy

from tests.support.planning_case import as_case, make_problem

CASE = as_case(make_problem(1, visits=3, shifts=2))


def break_case(path, value):
    """The case with `value` where the keys and indices of `path` lead; None takes the field away."""
    case = copy.deepcopy(CASE)
    *parents, leaf = path
    target = case
    for key in parents:
        target = target[key]
    if value is None:
        del target[leaf]
    else:
        target[leaf] = value
    return case
