from datetime import date
from pathlib import Path

import pytest

from tests.support import osm
from visits.roads.extract import read, vehicles
from visits.roads.extract.graph import build_graph
from visits.roads.extract.read import ExtractError
from visits.roads.extract.ways import RoadNetwork

STREET = {"highway": "residential"}
NODES = {number: (-7.6 + number / 1000, 111.5) for number in range(1, 8)}


def _read(path: Path, **fields) -> read.Ways:
    return read.read_ways(path, speeds=vehicles.SPEEDS, **fields)


def _pieces(ways: read.Ways) -> list[list[int]]:
    return [ways.node[a:b].tolist() for a, b in zip(ways.at, ways.at[1:], strict=False)]


def test_only_what_a_car_may_drive_is_read(tmp_path: Path) -> None:
    ways = [
        ([1, 2], STREET),
        ([2, 3], {"highway": "footway"}),
        ([3, 4, 5], {"highway": "primary", "oneway": "-1"}),
    ]

    found = _read(osm.write(tmp_path / "a.osm", NODES, ways))

    assert _pieces(found) == [[1, 2], [3, 4, 5]]
    assert found.speed_kmh.tolist() == [22, 42]
    assert (found.forward.tolist(), found.backward.tolist()) == ([True, False], [True, True])
    assert found.degrees[0].tolist() == pytest.approx([-7.599, 111.5])
    assert found.as_of is None


def test_a_way_that_the_cut_tore_apart_is_in_pieces(tmp_path: Path) -> None:
    path = osm.write(tmp_path / "a.osm", NODES, [([1, 2, 3, 4, 5, 6, 7], STREET)], missing=[3, 6])

    assert _pieces(_read(path)) == [[1, 2], [4, 5]]


def test_a_box_keeps_what_is_inside(tmp_path: Path) -> None:
    path = osm.write(tmp_path / "a.osm", NODES, [([1, 2, 3, 4, 5], STREET)])

    assert _pieces(_read(path, box=(-7.5985, 111.0, -7.5955, 112.0))) == [[2, 3, 4]]
    with pytest.raises(ExtractError, match="empty"):
        _read(path, box=(0, 0, 1, 1))


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<html></html>", "unreadable"), (b"", "unreadable"), (b"\x00" * 500, "unreadable")],
)
@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf", "a.txt"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, code: str, name: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ExtractError):
        _read(tmp_path / name)


def test_a_missing_file_and_one_without_roads_are_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="missing"):
        _read(tmp_path / "tidak-ada.osm")
    with pytest.raises(ExtractError, match="empty"):
        _read(osm.write(tmp_path / "a.osm", NODES, [([1, 2], {"highway": "footway"})]))


def test_how_far_it_is_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "TELL_EVERY", 2)
    told: list[int] = []

    _read(osm.write(tmp_path / "a.osm", NODES, [([1, 2], STREET)] * 5), on_ways=told.append)

    assert told == [0, 2, 4]


def _seconds(path: Path, *places: tuple[float, float]) -> int:
    network = RoadNetwork(build_graph(_read(path), today=date(2020, 1, 1)))
    points, _gaps = network.snap(list(places))
    return int(network.seconds(points, budget_s=30)[0, 1])


ROUND = {
    1: (-7.6, 111.5),
    2: (-7.6, 111.504),
    3: (-7.6, 111.506),
    4: (-7.6, 111.51),
    5: (-7.63, 111.5),
    6: (-7.63, 111.51),
}
ROADS = [([1, 2], STREET), ([2, 3, 4], STREET), ([1, 5, 6, 4], STREET)]


@pytest.mark.parametrize(
    ("tags_of", "straight"),
    [
        ({}, True),
        ({2: {"barrier": "bollard"}}, False),  # where two ways meet
        ({3: {"barrier": "gate", "access": "no"}}, False),  # within a way
        ({2: {"barrier": "lift_gate"}, 3: {"ford": "yes"}}, False),
        ({2: {"barrier": "gate", "access": "yes"}, 3: {"ford": "yes", "motor_vehicle": "yes"}}, True),
        ({2: {"highway": "crossing"}}, True),
    ],
)
def test_what_stands_on_a_road_sends_a_car_round(
    tmp_path: Path, tags_of: dict[int, dict[str, str]], straight: bool
) -> None:
    path = osm.write(tmp_path / "a.osm", ROUND, ROADS, tags_of=tags_of)

    # 1.1 km straight, 7.7 km round, at 22 km/h
    assert _seconds(path, ROUND[1], ROUND[4]) == pytest.approx(181 if straight else 1272, rel=0.02)


@pytest.mark.parametrize(
    ("tags", "seconds"), [({"motor_vehicle": "yes", "duration": "00:05"}, 300), ({}, 1272)]
)
def test_a_ferry_is_a_road_with_its_time(tmp_path: Path, tags: dict[str, str], seconds: int) -> None:
    ways = [*ROADS[2:], ([1, 2, 3, 4], {"route": "ferry"} | tags)]
    path = osm.write(tmp_path / "a.osm", ROUND, ways)

    assert _seconds(path, ROUND[1], ROUND[4]) == pytest.approx(seconds, rel=0.02)
