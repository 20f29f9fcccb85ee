"""Road times from real extracts: how long, how much memory, how sane.

python -m tests.bench.roads --shared ../shared [--places 500] [--seed 1]

Every extract is built and asked in a process of its own (so that its peak memory is its own), for homes within 300 m
of random points of its roads and a few far off. "way back" compares a pair's two directions, "detour" the times
with the shortest possible drive (the straight line at the fastest road's speed, which nothing may beat), "fitted" is
the straight line that takes as long as the roads, and "off by" how far single pairs then are from it (P50, P90).
The extracts are (c) OpenStreetMap contributors, ODbL.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tests.bench.roads import measure
from tests.bench.roads.shapefile import convert

ROADS = {
    "liechtenstein": "liechtenstein.osm.pbf",
    "andorra": "andorra_2013.osm.pbf",
    "jakarta": "jakarta_roads_osm_inasafe.zip",
}
COLUMNS = [
    ("km", "km kept / read"),
    ("crossings", "crossings"),
    ("build_s", "build CPU s"),
    ("load_s", "load CPU s"),
    ("table_s", "table CPU s"),
    ("memory", "peak MiB"),
    ("snapped", "snapped"),
    ("snap_m", "snap m P50, P95"),
    ("back", "way back P50, P95 s"),
    ("triangle", "triangle broken"),
    ("faster", "faster than possible"),
    ("fitted", "fitted km/h"),
    ("off", "off by P50, P90"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(ROADS))
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    print(
        "| extract | "
        + " | ".join(title for _, title in COLUMNS)
        + " |\n"
        + "|---" * (len(COLUMNS) + 1)
        + "|"
    )
    for name in options.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            path = options.shared / "data" / "roads" / ROADS[name]
            if path.suffix == ".zip":
                path = convert(path, Path(folder) / "roads.osm.pbf")
            queue = context.Queue()
            child = context.Process(
                target=measure.child, args=(queue, path, Path(folder), options.places, options.seed)
            )
            child.start()
            row = queue.get(timeout=1800)
            child.join()
        print(f"| {name} | " + " | ".join(row[key] for key, _ in COLUMNS) + " |", flush=True)


if __name__ == "__main__":
    main()
