import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from tests.support import osm
from visits import roads
from visits.enums import RoadTrouble, Vehicle
from visits.planning import GreatCircle, Table
from visits.roads.extract import read, source, vehicles, ways
from visits.roads.extract.source import ExtractSource
from visits.roads.port import RoadsError

TODAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.django_db


def _speeds(**changed: float) -> dict[Vehicle, dict[str, float]]:
    return {by.vehicle: by.speeds | changed for by in vehicles.PROFILES}


def _build(path: Path, folder: Path, **fields) -> tuple[source.BuiltExtract, bool]:
    given = {"speeds": _speeds(), "box": None, "today": TODAY, "say": lambda step, count: None}
    return source.build_extract(path, folder=folder, **(given | fields))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return osm.write(tmp_path / "kota.osm", *osm.town())


@pytest.fixture
def homes() -> list[tuple[float, float]]:
    nodes, _ = osm.town()
    return [nodes[number] for number in (1, 5, 20, 40)]


def test_an_extract_is_built_once(town: Path, tmp_path: Path) -> None:
    told: list[str] = []

    built, fresh = _build(town, tmp_path / "peta", say=lambda step, count: told.append(step))

    assert fresh
    assert told == ["hash", "ways", "graph", "ways", "graph", "save"]
    assert source.current_extract(tmp_path / "peta") == built
    assert (built.file, built.as_of) == ("kota.osm", "2026-11-24")
    assert _build(town, tmp_path / "peta") == (built, False)


@pytest.mark.parametrize("fields", [{"speeds": _speeds(primary=50)}, {"box": (-7.7, 111.4, -7.5, 111.6)}])
def test_other_speeds_or_another_box_make_another_map(town: Path, tmp_path: Path, fields) -> None:
    folder = tmp_path / "peta"
    first, _ = _build(town, folder)

    second, fresh = _build(town, folder, **fields)

    assert fresh
    assert second.digest != first.digest
    assert sorted(path.name for path in folder.glob("*.npz")) == sorted(
        [second.graph, second.motorcycle_graph]
    )


def test_a_bad_extract_leaves_the_map_in_use_alone(town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "peta"
    built, _ = _build(town, folder)
    (tmp_path / "rusak.osm").write_text("<html></html>")

    with pytest.raises(read.ExtractError):
        _build(tmp_path / "rusak.osm", folder)

    assert source.current_extract(folder) == built
    assert (folder / built.graph).is_file()


def test_times_come_by_the_port(town: Path, tmp_path: Path, homes, settings) -> None:
    settings.TRAVEL_SOURCE, settings.ROADS_DIR = "extract", tmp_path / "peta"
    _build(town, tmp_path / "peta")

    found = roads.estimate_travel([*homes, (-7.9, 111.9)])

    assert isinstance(found.travel, Table)
    note = found.note
    assert (note.source, note.trouble, note.as_of, note.far) == ("extract", "", "2026-11-24", 1)
    assert note.estimated == pytest.approx(8 / 20)
    line = GreatCircle(1.35, 30.0)
    assert found.travel.values[0, 4] == line.seconds([*homes, (-7.9, 111.9)], 0, 4)
    assert found.travel.values[0, 1] > GreatCircle(1.0, 42.0).seconds(homes, 0, 1)


# a lane of 1.1 km with a bollard in the middle, and a street of 7.7 km round it
LANE = {1: (-7.6, 111.5), 2: (-7.6, 111.505), 3: (-7.6, 111.51), 4: (-7.63, 111.5), 5: (-7.63, 111.51)}
STREET = {"highway": "residential"}
LANE_WAYS = [([1, 2, 3], STREET), ([1, 4, 5, 3], STREET)]


@pytest.fixture
def lane(tmp_path: Path) -> Path:
    return osm.write(tmp_path / "gang.osm", LANE, LANE_WAYS, tags_of={2: {"barrier": "bollard"}})


def test_a_motorcycle_passes_a_bollard_and_a_car_goes_round(lane: Path, tmp_path: Path, settings) -> None:
    settings.TRAVEL_SOURCE, settings.ROADS_DIR = "extract", tmp_path / "peta"
    _build(lane, tmp_path / "peta")

    found = roads.estimate_travel([LANE[1], LANE[3]], {0, 1})

    (ridden,) = found.more_travel
    assert isinstance(found.travel, Table)
    assert isinstance(ridden, Table)
    assert found.travel.values[0, 1] == pytest.approx(7.7 / 22 * 3600, rel=0.02)
    assert ridden.values[0, 1] == pytest.approx(1.1 / 25 * 3600, rel=0.02)
    assert found.note.motorcycle is not None
    assert (found.note.motorcycle.source, found.note.motorcycle.as_car) == ("extract", False)
    assert (tmp_path / "peta" / "times-motorcycle.npz").is_file()


def test_a_map_from_before_motorcycles_has_the_times_of_cars_for_them(
    lane: Path, tmp_path: Path, settings
) -> None:
    settings.TRAVEL_SOURCE, settings.ROADS_DIR = "extract", tmp_path / "peta"
    _build(lane, tmp_path / "peta")
    pointer = tmp_path / "peta" / source.POINTER
    kept = {k: v for k, v in json.loads(pointer.read_text()).items() if k != "motorcycle_graph"}
    pointer.write_text(json.dumps(kept))

    found = roads.estimate_travel([LANE[1], LANE[3]], {1})

    assert found.more_travel[0].seconds((), 0, 1) == pytest.approx(7.7 / 22 * 3600, rel=0.02)
    assert (found.note.vehicle, found.note.as_car) == ("motorcycle", True)


def test_a_newer_map_is_taken_up_at_once(town: Path, tmp_path: Path, homes) -> None:
    folder = tmp_path / "peta"
    _build(town, folder)
    slow = ExtractSource(folder=folder).find(homes, budget_s=10)
    _build(town, folder, speeds=_speeds(**{name: 2 * speed for name, speed in vehicles.SPEEDS.items()}))

    quick = ExtractSource(folder=folder).find(homes, budget_s=10)

    assert (abs(quick.seconds * 2 - slow.seconds) <= 2).all()


def test_without_a_map_the_straight_line_serves(tmp_path: Path, homes, settings) -> None:
    settings.TRAVEL_SOURCE, settings.ROADS_DIR = "extract", tmp_path / "peta"

    found = roads.estimate_travel(homes)

    assert found.travel == GreatCircle(1.35, 30.0)
    assert (found.note.source, found.note.wanted, found.note.trouble) == (
        "great_circle",
        "extract",
        "not_built",
    )


@pytest.mark.parametrize("damage", ["pointer", "graph", "gone"])
def test_a_damaged_map_is_none(town: Path, tmp_path: Path, homes, damage: str) -> None:
    folder = tmp_path / "peta"
    built, _ = _build(town, folder)
    if damage == "pointer":
        (folder / source.POINTER).write_text("{")
    elif damage == "graph":
        (folder / built.graph).write_bytes(b"PK\x03\x04")
    else:
        (folder / built.graph).unlink()

    with pytest.raises(RoadsError) as refusal:
        ExtractSource(folder=folder).find(homes, budget_s=10)

    assert refusal.value.trouble == RoadTrouble.NOT_BUILT


def test_what_is_known_is_not_looked_for_again(town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "peta"
    _build(town, folder)
    nodes, _ = osm.town()
    places = [nodes[number] for number in range(1, 40)]
    whole = ExtractSource(folder=folder).find(places, budget_s=10)

    again = ExtractSource(folder=folder).find(places[::-1], budget_s=-1)  # no time at all

    assert (again.seconds[::-1, ::-1] == whole.seconds).all()
    assert again.trouble == ""
    assert whole.trouble == ""


@pytest.mark.parametrize("known", [38, 30, 10])
def test_new_places_among_known_ones_get_the_same_times(town: Path, tmp_path: Path, known: int) -> None:
    _build(town, tmp_path / "peta")
    _build(town, tmp_path / "other")
    nodes, _ = osm.town()
    places = [nodes[number] for number in range(1, 40)]
    whole = ExtractSource(folder=tmp_path / "other").find(places, budget_s=10)
    ExtractSource(folder=tmp_path / "peta").find(places[:known], budget_s=10)

    found = ExtractSource(folder=tmp_path / "peta").find(places, budget_s=10)

    assert (abs(found.seconds - whole.seconds) <= 1).all()
    assert (found.seconds != found.seconds.T).any()


def test_what_time_was_too_short_for_is_gone_on_with(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(town, tmp_path / "peta")
    nodes, _ = osm.town()
    places = [nodes[number] for number in range(1, 40)]
    monkeypatch.setattr(ways, "ROWS", 2)
    clock = iter(range(10_000))
    monkeypatch.setattr(ways, "monotonic", lambda: next(clock))  # every look at the clock takes a second

    tries, known = 0, [0]
    while True:
        found = ExtractSource(folder=tmp_path / "peta").find(places, budget_s=4)
        known.append(int((found.seconds >= 0).sum()))
        tries += 1
        assert known[-1] > known[-2]
        if not found.trouble:
            break

    assert 3 <= tries <= 8
    assert (found.seconds >= 0).all()


@pytest.mark.parametrize(
    ("missing", "new"),
    [
        ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], []),
        ([[0, 0, 1], [0, 0, 1], [1, 1, 0]], [2]),
        ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], [0, 1, 2]),
        ([[0, 0, 0], [1, 0, 0], [0, 0, 0]], [1]),
        ([[0]], []),
    ],
)
def test_as_few_places_as_can_be_are_looked_for(missing: list[list[int]], new: list[int]) -> None:
    assert source._covering_places(np.array(missing, dtype=bool)) == new


def test_times_of_another_map_are_forgotten(town: Path, tmp_path: Path, homes) -> None:
    folder = tmp_path / "peta"
    _build(town, folder)
    ExtractSource(folder=folder).find(homes, budget_s=10)
    _build(town, folder, speeds=_speeds(primary=80))

    assert ExtractSource(folder=folder).find(homes, budget_s=-1).trouble == "slow"


def test_homes_that_no_plan_uses_are_dropped(town: Path, tmp_path: Path, homes) -> None:
    folder = tmp_path / "peta"
    _build(town, folder)
    ExtractSource(folder=folder, today=TODAY - dt.timedelta(days=31)).find(homes[:2], budget_s=10)
    ExtractSource(folder=folder, today=TODAY).find(homes[2:], budget_s=10)

    assert len(ExtractSource(folder=folder).cache.read().keys) == 2


def test_when_time_runs_out_the_rest_is_estimated(town: Path, tmp_path: Path, homes) -> None:
    _build(town, tmp_path / "peta")

    found = ExtractSource(folder=tmp_path / "peta").find(homes, budget_s=-1)

    assert found.trouble == "slow"
