"""What is measured of one extract, in a process of its own."""

from __future__ import annotations

import datetime as dt
import resource
import time
from pathlib import Path
from typing import Any

import django
import numpy as np

django.setup()

from visits.planning import GreatCircle  # noqa: E402
from visits.roads import tables  # noqa: E402
from visits.roads.extract import graph, source, vehicles  # noqa: E402

METRE = 1 / 111_200  # degrees


def homes(points: Any, count: int, seed: int) -> list[tuple[float, float]]:
    """Near random points of roads; one in fifty is thrown some 5 km off."""
    rng = np.random.default_rng(seed)
    chosen = points[rng.integers(0, len(points), count)]
    gaps = rng.uniform(-300, 300, (count, 2)) * METRE
    gaps[::50] += 5000 * METRE
    return [(float(lat), float(lon)) for lat, lon in chosen + gaps]


def measure(path: Path, folder: Path, places: int, seed: int) -> dict[str, Any]:
    began = time.process_time()
    built, _ = source.build_extract(
        path,
        folder=folder,
        speeds={by.vehicle: by.speeds for by in vehicles.PROFILES},
        box=None,
        today=dt.datetime.now(dt.UTC).date(),
        say=lambda step, count: None,
    )
    build_s = time.process_time() - began
    spots = homes(graph.load_graph(folder / built.graph).point, places, seed)
    began = time.process_time()
    extract = source.ExtractSource(folder=folder)
    extract.find(spots[:2], budget_s=60)
    load_s = time.process_time() - began
    began = time.process_time()
    found = extract.find(spots, budget_s=600)
    filled = tables.fill_table(found, spots, GreatCircle(), tables.FillSettings())
    table_s = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    near = np.flatnonzero(found.snap_m <= tables.FillSettings().snap_limit_m)
    seconds = found.seconds[np.ix_(near, near)].astype(np.float64)
    gaps = tables.distance_matrix([spots[i] for i in near])
    sane = sanity(seconds, gaps, found.snap_m[near], max(vehicles.SPEEDS.values()), seed)
    line = tables.fit_line(spots, filled.table, GreatCircle())
    pairs = (gaps > 500) & (gaps <= tables.NEAR_M)
    off = np.abs(seconds[pairs] / (gaps[pairs] * line.seconds_per_m) - 1)
    return {
        "km": f"{built.kept_km:,.0f} / {built.all_km:,.0f}",
        "crossings": f"{built.crossings:,}",
        "build_s": f"{build_s:.1f}",
        "load_s": f"{load_s:.2f}",
        "table_s": f"{table_s:.2f}",
        "memory": f"{memory:.0f}",
        "snapped": f"{len(near) / places:.1%}",
        "snap_m": "{:.0f}, {:.0f}".format(*np.percentile(found.snap_m[near], [50, 95])),
        **sane,
        "fitted": f"{line.speed_kmh / line.detour:.1f} straight",
        "off": "{:.0%}, {:.0%}".format(*np.percentile(off, [50, 90])),
    }


def sanity(seconds: Any, gaps: Any, snap_m: Any, fastest_kmh: float, seed: int) -> dict[str, str]:
    """Both directions, the triangle inequality on random triples (2 s for rounding), and nothing faster than light."""
    assert (seconds >= 0).all(), "every snapped pair has a way"
    back = np.abs(seconds - seconds.T)[~np.eye(len(seconds), dtype=bool)]
    a, b, c = np.random.default_rng(seed).integers(0, len(seconds), (3, 200_000))
    broken = (seconds[a, c] > seconds[a, b] + seconds[b, c] + 2).sum()
    least = (gaps - snap_m[:, None] - snap_m[None, :]) / (fastest_kmh / 3.6)
    return {
        "back": "{:.0f}, {:.0f}".format(*np.percentile(back, [50, 95])),
        "triangle": f"{broken} of 200,000",
        "faster": f"{int((seconds < least - 1).sum())} pairs",
    }


def child(queue: Any, *arguments: Any) -> None:
    queue.put(measure(*arguments))
