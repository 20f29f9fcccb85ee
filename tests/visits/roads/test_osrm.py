"""Against a real HTTP server with many faces (tests/support/osrm.py)."""

import datetime as dt
import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.osrm import SNAP_M, StubOsrm, serving, truth
from visits import roads
from visits.enums import RoadSource
from visits.planning import GreatCircle, Table
from visits.roads import http, osrm
from visits.roads.osrm import OsrmSource
from visits.roads.port import UNKNOWN

TODAY = dt.date(2026, 11, 24)
Places = list[tuple[float, float]]
Make = Callable[..., OsrmSource]


def _places(count: int, seed: int = 1) -> Places:
    spots = np.random.default_rng(seed).uniform((-7.8, 111.4), (-7.5, 111.8), (count, 2))
    return [(round(float(lat), 5), round(float(lon), 5)) for lat, lon in spots]


def _right(places: Places) -> list[list[int]]:
    count = range(len(places))
    return [[math.ceil(truth(places, a, b)) for b in count] for a in count]


@pytest.fixture
def stub() -> Iterator[StubOsrm]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAUSE_S", 0.01)


@pytest.fixture(autouse=True)
def _no_memory_of_trouble() -> None:
    osrm._in_trouble.clear()


@pytest.fixture
def make(stub: StubOsrm, tmp_path: Path) -> Make:
    def _make(**fields) -> OsrmSource:
        given: dict[str, Any] = {
            "base": stub.base,
            "profile": "driving",
            "folder": tmp_path,
            "today": TODAY,
            "timeout_s": 0.5,
        }
        return OsrmSource(**(given | fields))

    return _make


def test_a_table_in_one_block(stub: StubOsrm, make: Make) -> None:
    places = _places(5)

    found = make().find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)
    assert found.seconds.dtype == np.int32
    assert found.snap_m.tolist() == [SNAP_M] * 5
    assert (found.as_of, found.trouble, stub.requests) == (TODAY, "", 1)
    lat, lon = places[0]
    assert f"{lon:.5f},{lat:.5f}" in stub.paths[0]


@pytest.mark.parametrize("size", [2, 3, 8, 100])
def test_blocks_stay_within_the_servers_size_and_join_to_the_same_table(
    stub: StubOsrm, make: Make, size: int
) -> None:
    stub.max_table = size
    places = _places(11)

    found = make(table_size=size).find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)
    assert found.trouble == ""


def test_a_server_that_takes_less_than_we_thought_gets_smaller_blocks(stub: StubOsrm, make: Make) -> None:
    stub.max_table = 6
    places = _places(20)

    found = make(table_size=100).find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)


def test_an_address_too_long_for_a_server_in_front_is_made_shorter(stub: StubOsrm, make: Make) -> None:
    stub.face = "too_long"
    places = _places(20)

    assert make().find(places, budget_s=10).seconds.tolist() == _right(places)


def test_pieces_without_a_length_are_read(stub: StubOsrm, make: Make) -> None:
    stub.face = "chunks"
    places = _places(9)

    assert make().find(places, budget_s=10).seconds.tolist() == _right(places)


def test_places_of_one_spot_are_asked_for_once(stub: StubOsrm, make: Make) -> None:
    places = _places(3)

    found = make().find([places[0], places[1], places[0], places[2]], budget_s=10)

    assert stub.asked == 9
    assert found.seconds[1].tolist() == [found.seconds[1, 0], 0, found.seconds[1, 0], found.seconds[1, 3]]
    assert found.seconds[0, 2] == 0


def test_no_way_is_unknown(stub: StubOsrm, make: Make) -> None:
    stub.face = "nulls"

    found = make().find(_places(4), budget_s=10)

    assert (found.seconds == UNKNOWN).sum() == 3
    assert found.trouble == ""


def test_a_place_without_a_road_does_not_spoil_the_others(stub: StubOsrm, make: Make) -> None:
    stub.face = "no_segment"
    places = [*_places(3), (-7.95, 111.5), *_places(3, seed=2), (-7.96, 111.6)]

    found = make().find(places, budget_s=10)

    inside = [0, 1, 2, 4, 5, 6]
    assert found.seconds[np.ix_(inside, inside)].tolist() == _right([places[i] for i in inside])
    assert found.seconds[3].tolist() == [-1, -1, -1, 0, -1, -1, -1, -1]
    assert (found.snap_m > 1e6).tolist() == [index not in inside for index in range(8)]
    calls = stub.requests
    make().find(places, budget_s=10)
    assert stub.requests == calls, "that there is no road is remembered, too"


# --- stored


def test_what_is_known_is_not_asked_again(stub: StubOsrm, make: Make) -> None:
    places = _places(12)
    make().find(places, budget_s=10)
    asked = stub.asked

    found = make().find(places[::-1], budget_s=10)

    assert stub.asked == asked
    assert found.seconds.tolist() == _right(places[::-1])


def test_a_new_home_is_asked_for_alone(stub: StubOsrm, make: Make) -> None:
    places = _places(30)
    make(table_size=20).find(places[:-1], budget_s=10)
    stub.asked = 0

    found = make(table_size=20).find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)
    assert stub.asked <= 10 * 10 + 2 * 20, "of 900"


def test_what_is_old_is_asked_again(stub: StubOsrm, make: Make) -> None:
    places = _places(4)
    make(today=TODAY - dt.timedelta(days=31)).find(places, budget_s=10)
    asked = stub.asked

    found = make().find(places, budget_s=10)

    assert stub.asked == 2 * asked
    assert found.as_of == TODAY


def test_what_is_old_serves_while_the_server_is_away(stub: StubOsrm, make: Make) -> None:
    places, then = _places(4), TODAY - dt.timedelta(days=31)
    make(today=then).find(places, budget_s=10)
    stub.face = "error"

    found = make().find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)
    assert (found.as_of, found.trouble) == (then, "answer")


def test_another_map_makes_all_times_new(stub: StubOsrm, make: Make) -> None:
    places = _places(12)
    stub.version = "2026-10"
    make().find(places[:9], budget_s=10)
    stub.version = "2026-11"
    stub.asked = 0

    found = make(table_size=8).find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)
    assert stub.asked >= 144
    stored = make().cache.read()
    assert (stored.version, len(stored.keys)) == ("2026-11", 12)


def test_homes_that_no_plan_uses_are_dropped(stub: StubOsrm, make: Make) -> None:
    old, new = _places(3), _places(3, seed=2)
    make(today=TODAY - dt.timedelta(days=31)).find(old, budget_s=10)
    make().find(new, budget_s=10)

    assert len(make().cache.read().keys) == 3

    make(most_places=4).find(_places(2, seed=3), budget_s=10)
    assert len(make().cache.read().keys) == 4


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", b"\x00" * 5000])
def test_a_damaged_store_is_an_empty_one(stub: StubOsrm, make: Make, damage: bytes) -> None:
    places = _places(4)
    osrm = make()
    osrm.find(places, budget_s=10)
    whole = osrm.cache.path.read_bytes()
    osrm.cache.path.write_bytes(damage or whole[: len(whole) // 2])

    assert osrm.find(places, budget_s=10).seconds.tolist() == _right(places)


def test_a_folder_that_cannot_be_written_costs_the_store_only(
    stub: StubOsrm, make: Make, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    places = _places(4)

    found = make(folder=tmp_path / "file" / "below").find(places, budget_s=10)

    assert found.seconds.tolist() == _right(places)


# --- a server in trouble


@pytest.mark.parametrize(
    ("face", "trouble"),
    [
        ("slow", "slow"),
        ("drip", "slow"),
        ("error", "answer"),
        ("busy", "answer"),
        ("garbage", "answer"),
        ("nested", "answer"),
        ("list", "answer"),
        ("cut", "answer"),
        ("short_row", "answer"),
        ("negative", "answer"),
        ("nan", "answer"),
        ("endless", "answer"),
        ("words", "answer"),
        ("yes", "answer"),
        ("digits", "answer"),
        ("redirect", "answer"),
        ("huge", "answer"),
        ("invalid", "answer"),
        ("tiny", "answer"),
    ],
)
def test_a_bad_answer_is_a_trouble_in_bounded_time(
    stub: StubOsrm, make: Make, face: str, trouble: str
) -> None:
    stub.face = face
    began = time.monotonic()

    found = make(timeout_s=0.2).find(_places(4), budget_s=2)

    assert time.monotonic() - began < 2.5
    assert found.trouble == trouble
    assert found.as_of is None
    assert (found.seconds[~np.eye(4, dtype=bool)] == UNKNOWN).all()
    assert not any("elsewhere" in path for path in stub.paths), "a redirect is not followed"


def test_nobody_at_the_address(make: Make) -> None:
    found = make(base="http://127.0.0.1:1").find(_places(3), budget_s=2)

    assert found.trouble == "unreachable"


def test_one_bad_moment_is_tried_again(stub: StubOsrm, make: Make) -> None:
    places = _places(4)
    stub.face = "error"
    stub.good_for = 0
    calls = stub.requests

    def recover() -> None:
        while stub.requests == calls:
            time.sleep(0.001)
        stub.face = "good"

    thread = threading.Thread(target=recover)
    thread.start()
    found = make().find(places, budget_s=10)
    thread.join()

    assert found.trouble == ""
    assert found.seconds.tolist() == _right(places)


def test_the_budget_ends_the_asking_and_what_came_is_kept(stub: StubOsrm, make: Make) -> None:
    places = _places(12)
    stub.face, stub.good_for = "slow", 4
    began = time.monotonic()

    found = make(table_size=8, timeout_s=5).find(places, budget_s=0.6)

    assert time.monotonic() - began < 1.5
    assert found.trouble == "slow"
    known = int((found.seconds >= 0).sum()) - 12
    assert 40 < known < 132
    stub.face, stub.asked = "good", 0
    assert make(table_size=8).find(places, budget_s=10).seconds.tolist() == _right(places)
    assert stub.asked < 132, "the next plan goes on from there"


def test_a_page_does_not_wait_again_for_a_server_in_trouble(
    stub: StubOsrm, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, places = _places(4), _places(5)
    make().find(known, budget_s=2)
    stub.face = "error"
    assert make().find(places, budget_s=2).trouble == "answer"
    calls = stub.requests

    again = make().find(places, budget_s=2)
    assert (again.trouble, stub.requests) == ("answer", calls)
    assert again.seconds[:4, :4].tolist() == _right(known)
    assert make().find(known, budget_s=2).trouble == "", "nothing was missing"
    make().find(places, budget_s=20)
    assert stub.requests > calls, "a worker has time to ask"

    stub.face = "good"
    monkeypatch.setattr(osrm, "REST_S", 0.0)
    assert make().find(places, budget_s=2).seconds.tolist() == _right(places)


def test_the_answer_is_bounded(monkeypatch: pytest.MonkeyPatch, stub: StubOsrm, make: Make) -> None:
    monkeypatch.setattr(osrm, "MOST_BYTES", 200)

    assert make().find(_places(9), budget_s=5).trouble == "answer"


def test_no_home_is_named_in_the_log(stub: StubOsrm, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    places = _places(3)
    for face in ("slow", "redirect", "garbage", "cut"):
        stub.face = face
        make(timeout_s=0.1).find(places, budget_s=0.5)
    make(base="http://127.0.0.1:1").find(places, budget_s=0.5)

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("visits")]
    assert not any(str(lat) in text for text in ours for lat, _ in places)


# --- through the port


@pytest.fixture
def wanted(settings, stub: StubOsrm, tmp_path: Path, db) -> StubOsrm:
    settings.TRAVEL_SOURCE, settings.OSRM_URL, settings.ROADS_DIR = "osrm", stub.base, tmp_path
    settings.OSRM_TIMEOUT_SECONDS = 0.3
    return stub


def test_the_settings_choose_the_server(wanted: StubOsrm) -> None:
    places = _places(4)

    found = roads.estimate_travel(places)

    assert isinstance(found.travel, Table)
    assert (found.note.source, found.note.trouble) == (RoadSource.OSRM.value, "")
    legs = 2 * SNAP_M / (8 / 3.6)
    assert found.travel.values[0, 1] == pytest.approx(_right(places)[0][1] + legs, abs=1)


def test_a_server_that_fails_is_told_and_the_straight_line_serves(wanted: StubOsrm) -> None:
    wanted.face = "error"

    found = roads.estimate_travel(_places(4))

    assert found.travel == GreatCircle(1.35, 30.0)
    assert (found.note.source, found.note.wanted, found.note.trouble) == ("great_circle", "osrm", "answer")


def test_without_an_address_the_straight_line_serves(wanted: StubOsrm, settings) -> None:
    settings.OSRM_URL = ""

    assert roads.estimate_travel(_places(4)).note.trouble == "address"
