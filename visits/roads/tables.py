"""A complete table from a source's times; or a straight line where a table would be too large.

The idea: a source knows times from road to road. The last metres to a home are added at about walking pace;
places too far from any road, and pairs without a way, are filled by the straight line. All is done in blocks
of rows, so that little memory is needed besides the int32 table.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visits.planning import GreatCircle, Table
from visits.planning.travel import EARTH_M, Locations, unit_vectors
from visits.roads.port import RoadTimes

BLOCK = 256
LONGEST_S = 24 * 3600  # nobody drives longer in a day; also keeps sums within int32
NEAR_M = 20_000.0  # a sample is fitted on pairs that a team would drive between two homes


@dataclass(frozen=True, kw_only=True)
class FillSettings:
    """How to fill gaps. `speed_scale`: real speed as a multiple of the source's."""

    speed_scale: float = 1.0
    snap_limit_m: float = 1500.0
    snap_speed_kmh: float = 8.0


@dataclass(frozen=True, kw_only=True)
class FilledTable:
    """A complete table, the share of pairs from the straight line, and the number of places too far from any
    road."""

    table: Table
    estimated: float
    far: int


def fill_table(
    found: RoadTimes, locations: Locations, straight: GreatCircle, how: FillSettings
) -> FilledTable:
    """The table of all pairs in whole seconds, rounded up."""
    count = len(locations)
    out = straight.matrix(locations)
    near = found.snap_m <= how.snap_limit_m
    legs = np.where(near, found.snap_m, 0.0) / (how.snap_speed_kmh / 3.6)
    guessed = 0
    for at in range(0, count, BLOCK):
        rows = slice(at, min(count, at + BLOCK))
        given = found.seconds[rows]
        known = (given >= 0) & near[rows, None] & near[None, :]
        seconds = given / how.speed_scale + legs[rows, None] + legs[None, :]
        block = out[rows]
        block[known] = np.minimum(np.ceil(seconds[known] - 1e-6), LONGEST_S).astype(np.int32)
        guessed += int((~known).sum()) - int((~known).diagonal(at).sum())
    np.fill_diagonal(out, 0)
    pairs = count * (count - 1)
    return FilledTable(
        table=Table(out), estimated=guessed / pairs if pairs else 0.0, far=int(np.count_nonzero(~near))
    )


def sample_places(locations: Locations, count: int) -> list[int]:
    """`count` places spread over all: every k-th in the order of latitude, then longitude."""
    order = sorted(range(len(locations)), key=lambda index: locations[index])
    count = min(count, len(order))
    return [order[int((number + 0.5) * len(order) / count)] for number in range(count)]


def distance_matrix(locations: Locations) -> NDArray[Any]:
    """Great-circle metres between all places (for samples: float64[n, n])."""
    vectors = unit_vectors(locations)
    gaps = np.linalg.norm(vectors[:, None, :] - vectors[None, :, :], axis=2)
    return np.asarray(2 * EARTH_M * np.arcsin(np.minimum(1.0, gaps / 2)))


def fit_line(locations: Locations, table: Table, straight: GreatCircle) -> GreatCircle:
    """The straight line whose speed gives the same total time as the table, over pairs up to `NEAR_M` apart;
    `straight` itself if there is nothing to fit."""
    gaps = distance_matrix(locations)
    pairs = (gaps > 0) & (gaps <= NEAR_M)
    if not pairs.any():
        pairs = gaps > 0
    total_m, total_s = float(gaps[pairs].sum()), float(table.values[pairs].sum())
    if not (total_m > 0 and total_s > 0):
        return straight
    speed = round(total_m * straight.detour / total_s * 3.6, 1)
    return GreatCircle(straight.detour, speed) if math.isfinite(speed) and speed > 0 else straight
