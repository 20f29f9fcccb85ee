import pytest

from config.time_checks import BOUNDS, times_check


def _ids() -> list[str | None]:
    return [message.id for message in times_check(app_configs=None)]


def test_the_settings_as_they_come_are_sound() -> None:
    assert _ids() == []


@pytest.mark.parametrize("name", BOUNDS)
def test_numbers_that_no_visit_has_are_errors(name: str, settings) -> None:
    least, most = BOUNDS[name]
    for wrong in (least - 1, most + 1, float("nan")):
        setattr(settings, name, wrong)
        assert _ids() == ["config.E019"]


@pytest.mark.parametrize(
    "minutes", [{"lansia": 20}, {"sick": 0}, {"sick": "24"}, {"sick": True}, {"sick": 900}]
)
def test_minutes_of_unknown_kinds_or_none_are_errors(minutes: dict[str, object], settings) -> None:
    settings.VISIT_MINUTES = minutes
    assert _ids() == ["config.E020"]
