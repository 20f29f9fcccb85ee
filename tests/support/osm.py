"""Made-up OpenStreetMap files: nodes and ways as a test writes them down."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Nodes = Mapping[int, tuple[float, float]]
Way = tuple[Sequence[int], Mapping[str, str]]


def write(
    path: Path,
    nodes: Nodes,
    ways: Sequence[Way],
    *,
    missing: Sequence[int] = (),
    tags_of: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """OSM XML; nodes that are `missing` are named by ways and not there, as where an extract was cut."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="made up">']
    lines += [
        f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{_tags((tags_of or {}).get(number, {}))}</node>'
        for number, (lat, lon) in sorted(nodes.items())
        if number not in missing
    ]
    for number, (refs, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}" version="1">{inner}{_tags(tags)}</way>')
    path.write_text("\n".join([*lines, "</osm>"]))
    return path


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


STEP = 0.004  # degrees between crossings of the town, some 440 m


def town(seed: int = 1, size: int = 7) -> tuple[dict[int, tuple[float, float]], list[Way]]:
    """A town on a bent grid near Madiun: streets of several classes, some missing, some one-way, a roundabout, an
    island that no road leads to, and a one-way street that leads out of town for ever."""
    rng = random.Random(seed)
    nodes: dict[int, tuple[float, float]] = {}
    ways: list[Way] = []

    def node(lat: float, lon: float) -> int:
        nodes[len(nodes) + 1] = (round(-7.6 + lat, 7), round(111.5 + lon, 7))
        return len(nodes)

    grid = [
        [node(STEP * (i + rng.uniform(-0.3, 0.3)), STEP * (j + rng.uniform(-0.3, 0.3))) for j in range(size)]
        for i in range(size)
    ]

    def street(a: int, b: int) -> None:
        (lat1, lon1), (lat2, lon2) = nodes[a], nodes[b]
        bends = [
            node(
                lat1 + (lat2 - lat1) * k / 3 + rng.uniform(-4e-4, 4e-4) + 7.6,
                lon1 + (lon2 - lon1) * k / 3 + rng.uniform(-4e-4, 4e-4) - 111.5,
            )
            for k in range(1, rng.choice([1, 3]))
        ]
        tags = {"highway": rng.choice(["primary", "secondary", "residential", "track"])}
        if rng.random() < 0.25:
            tags["oneway"] = rng.choice(["yes", "-1"])
        ways.append(([a, *bends, b], tags))

    for i in range(size):
        for j in range(size):
            if j + 1 < size and rng.random() < 0.85:
                street(grid[i][j], grid[i][j + 1])
            if i + 1 < size and rng.random() < 0.85:
                street(grid[i][j], grid[i + 1][j])
    centre = grid[size // 2][size // 2]
    ring = [
        node(nodes[centre][0] + 7.6 + dy, nodes[centre][1] - 111.5 + dx) for dy, dx in ((5e-4, 0), (0, 5e-4))
    ]
    ways.append(([centre, *ring, centre], {"highway": "tertiary", "junction": "roundabout"}))
    island = [node(0.1 + k * 1e-3, 0.1) for k in range(3)]
    ways.append((island, {"highway": "residential"}))
    out = node(-0.01, -0.01)
    ways.append(([grid[0][0], out], {"highway": "primary", "oneway": "yes"}))
    return nodes, ways
