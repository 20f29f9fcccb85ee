import pytest

from config import road_checks


def _ids() -> list[str | None]:
    return [message.id for message in road_checks.travel_check(app_configs=None)]


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
    ],
)
def test_numbers_that_nobody_drives_are_errors(settings, name: str, value: float) -> None:
    setattr(settings, name, value)
    assert _ids() == ["config.E013"]
