"""Shortest times between places on the graph: scipy's Dijkstra, one run a place.

The idea (Dijkstra, Numerische Mathematik 1, 1959): each place becomes two vertices, one to leave from and one
to arrive at, connected to the ends of its chain by the remaining seconds; two places on one chain are
connected directly. One run from a place then gives its whole row exactly.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any

import numpy as np

from visits.planning.travel import EARTH_M, Locations, unit_vectors
from visits.roads.extract.graph import RoadGraph, list_edges
from visits.roads.extract.read import Array
from visits.roads.port import UNKNOWN

ROWS = 64  # runs at a time; each needs 8 bytes a crossing
LEAST_S = 1e-3  # scipy reads a zero as "no edge"


class RoadNetwork:
    """A graph prepared for queries: a spatial tree of its points, and its edges."""

    def __init__(self, graph: RoadGraph) -> None:
        from scipy.spatial import cKDTree

        self.graph = graph
        self.tree = cKDTree(unit_vectors([(float(lat), float(lon)) for lat, lon in graph.point]))
        self.edges = list_edges(graph)

    def snap(self, locations: Locations) -> tuple[Array, Array]:
        """The nearest point of a road for each place, and its distance in metres: (int64[n], float64[n])."""
        gaps, points = self.tree.query(unit_vectors(locations))
        return np.asarray(points), 2 * EARTH_M * np.arcsin(np.minimum(1.0, np.asarray(gaps) / 2))

    def seconds(self, points: Array, *, budget_s: float) -> Array:
        """int32[n, n] seconds between road points, rounded up; UNKNOWN where the budget ended first."""
        out = np.full((len(points), len(points)), UNKNOWN, dtype=np.int32)
        self.complete(out, points, list(range(len(points))), budget_s=budget_s)
        np.fill_diagonal(out, 0)
        return out

    def complete(self, out: Array, points: Array, new: Sequence[int], *, budget_s: float) -> bool:
        """Fill the rows and columns of the `new` places (negative values are missing). False if the budget
        ended before. Two runs for each new place (there and back); if half are new, one for each row that
        misses any value."""
        until = monotonic() + budget_s
        count, crossings = len(points), self.graph.crossings
        matrix = self._with_places(points)
        leave, come = slice(crossings, crossings + count), slice(crossings + count, crossings + 2 * count)
        if 2 * len(new) >= count:
            new = range(count)
        rows = [place for place in new if (out[place] < 0).any()]
        _run_dijkstra(out, matrix, rows, crossings, come, until)
        columns = [place for place in new if (out[:, place] < 0).any()] if len(new) < count else []
        _run_dijkstra(out.T, matrix.T.tocsr(), columns, crossings + count, leave, until)
        return bool((out >= 0).all())

    def _with_places(self, points: Array) -> Any:
        """The graph's matrix with a crossing to leave from and one to come to for every place."""
        graph, count = self.graph, len(points)
        chain, offset = graph.chain[points], graph.offset[points]
        rest = graph.seconds[chain] - offset
        leave = graph.crossings + np.arange(count)
        come = leave + count
        ahead, back = graph.forward[chain], graph.backward[chain]
        begin, end = graph.begin[chain], graph.end[chain]
        one, other = _chain_pairs(chain)
        gap = offset[other] - offset[one]
        along = np.where(gap >= 0, ahead[one], back[one])
        at_begin, at_end = offset < LEAST_S, rest < LEAST_S  # at a crossing its other chains serve as well
        out_end, out_begin, in_begin, in_end = (
            ahead | at_end,
            back | at_begin,
            ahead | at_begin,
            back | at_end,
        )
        groups = [
            self.edges,
            (leave[out_end], end[out_end], rest[out_end]),
            (leave[out_begin], begin[out_begin], offset[out_begin]),
            (begin[in_begin], come[in_begin], offset[in_begin]),
            (end[in_end], come[in_end], rest[in_end]),
            (leave[one[along]], come[other[along]], np.abs(gap[along])),
        ]
        return _quickest_matrix(groups, graph.crossings + 2 * count)


def _run_dijkstra(
    out: Array, matrix: Any, places: Sequence[int], first: int, to: slice, until: float
) -> None:
    """Fill rows of `out` by runs from the vertices starting at `first`, until the time `until`."""
    from scipy.sparse.csgraph import dijkstra

    for at in range(0, len(places), ROWS):
        if monotonic() > until:
            return
        rows = np.asarray(places[at : at + ROWS])
        found = dijkstra(matrix, directed=True, indices=first + rows)[:, to]
        known = np.isfinite(found)
        out[rows] = np.where(known, np.ceil(np.where(known, found, 0.0) - 1e-6), UNKNOWN)


def _chain_pairs(chain: Array) -> tuple[Array, Array]:
    """All ordered pairs of different places on the same chain."""
    order = np.argsort(chain, kind="stable")
    _, starts, counts = np.unique(chain[order], return_index=True, return_counts=True)
    ones, others = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for start, count in zip(starts[counts > 1], counts[counts > 1], strict=True):
        group = order[start : start + count]
        ones.append(np.repeat(group, count))
        others.append(np.tile(group, count))
    one, other = np.concatenate(ones), np.concatenate(others)
    different = one != other
    return one[different], other[different]


def _quickest_matrix(groups: list[tuple[Array, Array, Array]], size: int) -> Any:
    """A sparse matrix with the quickest edge of each pair of vertices (scipy alone would add duplicates up)."""
    from scipy.sparse import csr_array

    a, b, seconds = (np.concatenate(column) for column in zip(*groups, strict=True))
    seconds = np.maximum(seconds, LEAST_S)
    order = np.lexsort((seconds, b, a))
    a, b, seconds = a[order], b[order], seconds[order]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    starts = np.searchsorted(a[first], np.arange(size + 1))
    return csr_array((seconds[first], b[first].astype(np.int32), starts.astype(np.int32)), shape=(size, size))
