"""A shapefile of roads as an OSM file: points at one place to a centimetre become one node."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import osmium
from osmium.osm import mutable

GRID = 1e7  # an OSM coordinate has seven decimals
POLYLINE = 3


def _rows(dbf: bytes) -> list[dict[str, str]]:
    count, head, width = struct.unpack("<IHH", dbf[4:12])
    fields, at = [], 32
    while dbf[at] != 13:
        fields.append((dbf[at : at + 11].split(b"\0")[0].decode(), dbf[at + 16]))
        at += 32
    rows = []
    for number in range(count):
        at, row = head + number * width + 1, {}
        for name, size in fields:
            row[name] = dbf[at : at + size].decode("latin1").strip()
            at += size
        rows.append(row)
    return rows


def _lines(shp: bytes) -> list[list[tuple[float, float]]]:
    """The parts of every polyline, longitude first; a record with several parts stays several lines."""
    out: list[list[tuple[float, float]]] = []
    at = 100
    while at < len(shp):
        (words,) = struct.unpack(">i", shp[at + 4 : at + 8])
        body = shp[at + 8 : at + 8 + 2 * words]
        at += 8 + 2 * words
        (kind,) = struct.unpack("<i", body[:4])
        assert kind == POLYLINE, kind
        parts, points = struct.unpack("<2i", body[36:44])
        starts = [*struct.unpack(f"<{parts}i", body[44 : 44 + 4 * parts]), points]
        flat = struct.unpack(f"<{2 * points}d", body[44 + 4 * parts :])
        assert parts == 1, "rows and lines would no longer match"
        out.append([(flat[2 * i], flat[2 * i + 1]) for i in range(starts[0], starts[1])])
    return out


def convert(archive: Path, target: Path) -> Path:
    """The zip's only shapefile as .osm.pbf."""
    with zipfile.ZipFile(archive) as file:
        names = {Path(name).suffix: name for name in file.namelist()}
        rows, lines = _rows(file.read(names[".dbf"])), _lines(file.read(names[".shp"]))
    assert len(rows) == len(lines)
    nodes: dict[tuple[int, int], int] = {}
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        refs = []
        for line in lines:
            keys = [(round(lon * GRID), round(lat * GRID)) for lon, lat in line]
            for key in keys:
                if key not in nodes:
                    nodes[key] = len(nodes) + 1
                    writer.add_node(
                        mutable.Node(id=nodes[key], version=1, location=(key[0] / GRID, key[1] / GRID))
                    )
            refs.append([nodes[key] for key in keys])
        for number, (row, way) in enumerate(zip(rows, refs, strict=True), start=1):
            tags = {"highway": row["TYPE"], "oneway": row["ONEWAY"]}
            tags = {key: value for key, value in tags.items() if value}
            writer.add_way(mutable.Way(id=number, version=1, nodes=way, tags=tags))
    return target
