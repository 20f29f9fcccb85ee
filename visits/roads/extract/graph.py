"""Roads as a graph: chains between crossings for finding ways, points along them for finding the road of a
home.

The idea: a way's bends matter for its length only, so nodes that two ways do not share are folded into a
chain from crossing to crossing; that makes the graph some five times smaller. For snapping, every chain is
dotted with points at most SPACING_M apart, each knowing how many seconds from the chain's start it lies. Only
the largest part in which every crossing can be reached from every other is kept: a home is never put on an
island or behind a one-way street.
"""

import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from visits.planning.travel import EARTH_M
from visits.roads.extract.read import Array, ExtractError, Ways

SPACING_M = 40.0
FORMAT = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadGraph:
    """A graph of c chains with p points on them. `metres` is (kept, all): the length of the roads kept and
    read."""

    begin: Array  # int32[c] crossing
    end: Array  # int32[c]
    seconds: Array  # float64[c]
    forward: Array  # bool[c]
    backward: Array  # bool[c]
    crossings: int
    point: Array  # float64[p, 2] degrees
    chain: Array  # int32[p]
    offset: Array  # float64[p] seconds from the chain's begin
    metres: tuple[float, float]
    as_of: dt.date


def build_graph(ways: Ways, *, today: dt.date) -> RoadGraph:
    """The graph of the largest strongly connected part of the ways."""
    _nodes, number, count = np.unique(ways.node, return_inverse=True, return_counts=True)
    is_crossing = count >= 2
    is_crossing[number[ways.at[:-1]]] = True
    is_crossing[number[ways.at[1:] - 1]] = True
    piece = np.repeat(np.arange(len(ways.speed_kmh)), np.diff(ways.at))
    tail = np.flatnonzero(piece[:-1] == piece[1:])  # a segment goes from node `tail` to the next
    metres = _haversine_metres(ways.degrees[tail], ways.degrees[tail + 1])
    seconds = metres / (ways.speed_kmh[piece[tail]] / 3.6)
    first = is_crossing[number[tail]]
    first[np.flatnonzero(np.diff(piece[tail], prepend=-1))] = True
    chain = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    lasts = np.append(starts[1:], len(tail)) - 1
    crossing = np.cumsum(is_crossing) - 1
    point, point_chain, offset = _space_points(ways.degrees, tail, metres, seconds, chain, starts, lasts)
    whole = RoadGraph(
        begin=crossing[number[tail[starts]]].astype(np.int32),
        end=crossing[number[tail[lasts] + 1]].astype(np.int32),
        seconds=np.add.reduceat(seconds, starts),
        forward=ways.forward[piece[tail[starts]]],
        backward=ways.backward[piece[tail[starts]]],
        crossings=int(is_crossing.sum()),
        point=point,
        chain=point_chain,
        offset=offset,
        metres=(0.0, float(metres.sum())),
        as_of=ways.as_of or today,
    )
    return _largest_part(whole, np.add.reduceat(metres, starts))


def _haversine_metres(a: Array, b: Array) -> Array:
    """Great-circle metres (haversine) between rows of degrees."""
    phi, psi = np.radians(a[:, 0]), np.radians(b[:, 0])
    h = np.sin((psi - phi) / 2) ** 2
    h += np.cos(phi) * np.cos(psi) * np.sin(np.radians(b[:, 1] - a[:, 1]) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, h))))


def _space_points(
    degrees: Array, tail: Array, metres: Array, seconds: Array, chain: Array, starts: Array, lasts: Array
) -> tuple[Array, Array, Array]:
    """Points at most `SPACING_M` apart along every segment, including the last node of each chain, with chain
    and offset."""
    parts = np.maximum(1, np.ceil(metres / SPACING_M)).astype(np.int64)
    dots = parts.copy()
    dots[lasts] += 1
    segment = np.repeat(np.arange(len(tail)), dots)
    step = np.arange(len(segment)) - np.repeat(np.cumsum(dots) - dots, dots)
    share = step / parts[segment]
    here, there = degrees[tail[segment]], degrees[tail[segment] + 1]
    before = np.cumsum(seconds) - seconds
    before -= np.repeat(before[starts], np.diff(np.append(starts, len(tail))))
    offset = before[segment] + share * seconds[segment]
    return here + share[:, None] * (there - here), chain[segment].astype(np.int32), offset


def list_edges(graph: RoadGraph) -> tuple[Array, Array, Array]:
    """From, to and seconds of each directed edge: three arrays of one length, a chain for each direction that
    may be driven."""
    ahead, back = graph.forward, graph.backward
    return (
        np.concatenate([graph.begin[ahead], graph.end[back]]),
        np.concatenate([graph.end[ahead], graph.begin[back]]),
        np.concatenate([graph.seconds[ahead], graph.seconds[back]]),
    )


def _largest_part(graph: RoadGraph, metres: Array) -> RoadGraph:
    try:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components
    except ImportError:
        raise ExtractError("packages") from None
    a, b, _ = list_edges(graph)
    size = (graph.crossings, graph.crossings)
    links = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=size).tocsr()
    _count, label = connected_components(links, directed=True, connection="strong")
    inside = label == np.bincount(label).argmax()
    kept = inside[graph.begin] & inside[graph.end]
    if not kept.any():
        raise ExtractError("empty")
    renumbered, chains = np.cumsum(inside) - 1, np.cumsum(kept) - 1
    dotted = kept[graph.chain]
    return RoadGraph(
        begin=renumbered[graph.begin[kept]].astype(np.int32),
        end=renumbered[graph.end[kept]].astype(np.int32),
        seconds=graph.seconds[kept],
        forward=graph.forward[kept],
        backward=graph.backward[kept],
        crossings=int(inside.sum()),
        point=graph.point[dotted],
        chain=chains[graph.chain[dotted]].astype(np.int32),
        offset=graph.offset[dotted],
        metres=(float(metres[kept].sum()), graph.metres[1]),
        as_of=graph.as_of,
    )


def save_graph(graph: RoadGraph, path: Path) -> None:
    """Write the graph to a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    values: dict[str, Any] = vars(graph) | {"as_of": np.str_(graph.as_of.isoformat()), "format": FORMAT}
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            np.savez(file, **values)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def load_graph(path: Path) -> RoadGraph:
    """Read a graph. Raises OSError, ValueError or KeyError if the file is missing or not sound."""
    with np.load(path, allow_pickle=False) as file:
        if int(file["format"]) != FORMAT:
            raise ValueError("format")
        arrays = ("begin", "end", "seconds", "forward", "backward", "point", "chain", "offset")
        kept, all_ = file["metres"].tolist()
        return RoadGraph(
            **{name: file[name] for name in arrays},
            crossings=int(file["crossings"]),
            metres=(kept, all_),
            as_of=dt.date.fromisoformat(str(file["as_of"])),
        )
