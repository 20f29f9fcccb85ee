import pytest

from config import road_checks


def _ids() -> list[str | None]:
    every = (road_checks.travel_check, road_checks.osrm_check, road_checks.extract_check)
    return [message.id for check in every for message in check(app_configs=None)]


def test_the_settings_as_they_come_are_sound() -> None:
    assert _ids() == []


def test_an_unknown_source_is_an_error(settings) -> None:
    settings.TRAVEL_SOURCE = "google"
    assert _ids() == ["config.E012"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRAVEL_DETOUR", 0.5),
        ("TRAVEL_SPEED_KMH", 0.0),
        ("TRAVEL_SPEED_KMH", float("nan")),
        ("TRAVEL_MAX_PLACES", 100_000),
        ("TRAVEL_SPEED_SCALE", -1.0),
        ("TRAVEL_SNAP_LIMIT_M", float("inf")),
        ("TRAVEL_SNAP_SPEED_KMH", 0.0),
        ("OSRM_TABLE_SIZE", 1),
        ("OSRM_TIMEOUT_SECONDS", 0.0),
        ("OSRM_CACHE_DAYS", 0),
    ],
)
def test_numbers_that_nobody_drives_are_errors(settings, name: str, value: float) -> None:
    setattr(settings, name, value)
    assert _ids() == ["config.E013"]


@pytest.mark.parametrize(
    ("url", "profile", "found"),
    [
        ("http://127.0.0.1:5000", "driving", []),
        ("https://osrm.kantor.example/jalan", "driving", []),
        ("", "driving", ["config.E014"]),
        ("osrm.kantor.example:5000", "driving", ["config.E014"]),
        ("ftp://osrm.kantor.example", "driving", ["config.E014"]),
        ("http://user:kata@osrm.kantor.example", "driving", ["config.E014"]),
        ("http://osrm.kantor.example/?a=1", "driving", ["config.E014"]),
        ("http://osrm.kantor.example:port", "driving", ["config.E014"]),
        ("http://127.0.0.1:5000", "../route", ["config.E015"]),
    ],
)
def test_a_road_server_needs_an_address(settings, url: str, profile: str, found: list[str]) -> None:
    settings.OSRM_URL, settings.OSRM_PROFILE = url, profile
    assert _ids() == []
    settings.TRAVEL_SOURCE = "osrm"
    assert _ids() == found


def test_a_road_server_of_motorcycles_needs_an_address_too(settings) -> None:
    settings.TRAVEL_SOURCE, settings.OSRM_URL = "osrm", "http://127.0.0.1:5000"
    assert _ids() == []
    settings.OSRM_MOTORCYCLE_URL = "127.0.0.1:5001"
    assert _ids() == ["config.E014"]


def test_an_extract_has_to_be_built(settings, tmp_path) -> None:
    settings.TRAVEL_SOURCE, settings.ROADS_DIR = "extract", tmp_path
    assert _ids() == ["config.W018"]


@pytest.mark.parametrize(
    ("speeds", "found"),
    [
        ({"primary": 60, "track": 0}, []),
        ({"boulevard": 60}, ["config.E016"]),
        ({"primary": "fast"}, ["config.E016"]),
        ({"primary": True}, ["config.E016"]),
        ({"primary": 500}, ["config.E016"]),
    ],
)
def test_speeds_are_of_known_classes(settings, speeds, found: list[str]) -> None:
    settings.ROADS_SPEEDS = speeds
    assert _ids() == found
    settings.ROADS_SPEEDS, settings.ROADS_MOTORCYCLE_SPEEDS = {"path": 9}, {"path": 9, **speeds}
    assert _ids() == ["config.E016", *found]
