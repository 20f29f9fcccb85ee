from pathlib import Path

import pytest

from tests.support import osm
from visits.roads.extract import read, rules
from visits.roads.extract.read import ExtractError

STREET = {"highway": "residential"}
NODES = {number: (-7.6 + number / 1000, 111.5) for number in range(1, 8)}


def _read(path: Path, **fields) -> read.Ways:
    return read.read_ways(path, speeds=rules.SPEEDS, **fields)


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
