"""Times on the graph against a plain Dijkstra over every node of the same made-up map."""

import heapq
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from geopy.distance import great_circle

from tests.support import osm
from visits.roads.extract import graph, rules, vehicles, ways
from visits.roads.extract.graph import RoadGraph
from visits.roads.extract.ways import RoadNetwork

Built = Callable[..., RoadGraph]
TWO_WAY = {"highway": "residential"}


def _links(nodes: osm.Nodes, streets: list[osm.Way]) -> dict[int, list[tuple[int, float]]]:
    links: dict[int, list[tuple[int, float]]] = {number: [] for number in nodes}
    for refs, tags in streets:
        use = rules.road_use(tags, vehicles.SPEEDS)
        assert use is not None
        for a, b in pairwise(refs):
            seconds = great_circle(nodes[a], nodes[b]).meters / (use.speed_kmh / 3.6)
            if use.forward:
                links[a].append((b, seconds))
            if use.backward:
                links[b].append((a, seconds))
    return links


def _plain(links: dict[int, list[tuple[int, float]]], source: int) -> dict[int, float]:
    best, heap = {source: 0.0}, [(0.0, source)]
    while heap:
        far, here = heapq.heappop(heap)
        if far > best[here]:
            continue
        for there, seconds in links[here]:
            if far + seconds < best.get(there, math.inf):
                best[there] = far + seconds
                heapq.heappush(heap, (best[there], there))
    return best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_times_are_those_of_a_plain_search_over_all_nodes(built: Built, seed: int) -> None:
    nodes, streets = osm.town(seed)
    links = _links(nodes, streets)
    best = {number: _plain(links, number) for number in nodes}
    back = {number: sum(number in best[other] for other in nodes) for number in nodes}
    hub = max(nodes, key=lambda number: min(len(best[number]), back[number]))
    part = [number for number in nodes if number in best[hub] and hub in best[number]]
    assert len(part) > 60

    roads = RoadNetwork(built(nodes, streets))
    points, snap_m = roads.snap([nodes[number] for number in part])
    seconds = roads.seconds(points, budget_s=60)

    assert snap_m.max() < 0.1
    truth = np.array([[best[a][b] for b in part] for a in part])
    assert np.abs(seconds - np.ceil(truth)).max() <= 1  # coordinates are rounded to a centimetre
    assert (np.abs(seconds - truth - 0.5) <= 0.52).all()


def test_islands_and_ways_of_no_return_are_left_out(built: Built) -> None:
    nodes, streets = osm.town()
    made = built(nodes, streets)
    roads = RoadNetwork(made)

    _, snap_m = roads.snap([nodes[streets[-2][0][1]], nodes[streets[-1][0][1]], nodes[1]])

    assert snap_m[0] > 5000
    assert snap_m[1] > 1000
    assert 0 < made.metres[0] < made.metres[1]
    assert made.as_of.isoformat() == "2026-11-24"


def _line(count: int, metres: float = 1000.0) -> dict[int, tuple[float, float]]:
    step = math.degrees(metres / 6371009.0)
    return {number: (-7.6 + step * number, 111.5) for number in range(1, count + 1)}


def test_two_homes_on_one_street_are_driven_along_it(built: Built) -> None:
    nodes = _line(3)
    roads = RoadNetwork(built(nodes, [([1, 2, 3], {"highway": "residential"})]))
    spots = [(nodes[1][0] + (nodes[3][0] - nodes[1][0]) * share, 111.5) for share in (0.1, 0.6, 0.9)]

    points, snap_m = roads.snap(spots)
    seconds = roads.seconds(points, budget_s=60)

    assert snap_m.max() < 1
    expected = [math.ceil(share * 2000 / (22 / 3.6) - 1e-3) for share in (0.5, 0.3, 0.8)]
    assert [seconds[0, 1], seconds[1, 2], seconds[2, 0]] == expected
    assert (seconds == seconds.T).all()


def test_against_a_one_way_street_it_is_the_way_round(built: Built) -> None:
    nodes = _line(2)
    nodes[3] = (nodes[1][0], 111.51)
    one_way = {"highway": "residential", "oneway": "yes"}
    roads = RoadNetwork(built(nodes, [([1, 2], one_way), ([2, 3, 1], TWO_WAY)]))
    quarter, half = ((nodes[1][0] + (nodes[2][0] - nodes[1][0]) * share, 111.5) for share in (0.25, 0.5))

    points, _ = roads.snap([quarter, half])
    seconds = roads.seconds(points, budget_s=60)

    round_trip = sum(great_circle(nodes[a], nodes[b]).meters for a, b in ((1, 2), (2, 3), (3, 1))) / (
        22 / 3.6
    )
    assert seconds[0, 1] == pytest.approx(250 / (22 / 3.6), abs=7)  # dots are 40 m apart
    assert seconds[0, 1] + seconds[1, 0] == pytest.approx(round_trip, abs=2)


def test_of_two_streets_between_two_crossings_the_quicker_counts(built: Built) -> None:
    nodes = _line(2)
    roads = RoadNetwork(built(nodes, [([1, 2], {"highway": "track"}), ([1, 2], {"highway": "primary"})]))

    seconds = roads.seconds(roads.snap([nodes[1], nodes[2]])[0], budget_s=60)

    assert seconds.tolist() == [[0, 86], [86, 0]]


def test_places_of_one_point_are_no_time_apart(built: Built) -> None:
    nodes = _line(3)
    roads = RoadNetwork(built(nodes, [([1, 2, 3], TWO_WAY)]))

    seconds = roads.seconds(roads.snap([nodes[2], nodes[2], nodes[3]])[0], budget_s=60)

    assert seconds[0, 1] <= 1
    assert seconds[0, 2] == seconds[1, 2]


def test_rows_for_which_there_was_no_time_are_unknown(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "ROWS", 1)
    nodes = _line(3)
    roads = RoadNetwork(built(nodes, [([1, 2, 3], TWO_WAY)]))

    seconds = roads.seconds(roads.snap(list(nodes.values()))[0], budget_s=-1)

    assert seconds.tolist() == [[0, -1, -1], [-1, 0, -1], [-1, -1, 0]]


def test_a_graph_survives_its_file(built: Built, tmp_path: Path) -> None:
    made = built(*osm.town())
    graph.save_graph(made, tmp_path / "peta.npz")

    again = graph.load_graph(tmp_path / "peta.npz")

    assert (again.crossings, again.metres, again.as_of) == (made.crossings, made.metres, made.as_of)
    for name in ("begin", "end", "seconds", "forward", "backward", "point", "chain", "offset"):
        assert (getattr(again, name) == getattr(made, name)).all()
    assert [path.name for path in tmp_path.glob("*.npz")] == ["peta.npz"]
