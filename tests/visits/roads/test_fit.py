"""Against trips that were made up with a known speed."""

import numpy as np
import pytest

from visits.planning import GreatCircle
from visits.roads.fit import LEAST_TRIPS, SpeedFit, Trip, fit_speed

SETTINGS = GreatCircle(1.35, 30.0)


def _trips(
    count: int, *, kmh: float = 24.0, spread: float = 0.2, still_s: float = 0.0, seed: int = 1
) -> list[Trip]:
    """Trips of a team that drives `kmh` on average at a detour of 1.35."""
    rng = np.random.default_rng(seed)
    metres = rng.uniform(800, 15_000, count)
    noise = np.exp(rng.normal(-(spread**2) / 2, spread, count))  # its mean is 1
    seconds = still_s + metres * GreatCircle(1.35, kmh).seconds_per_m * noise
    hours = rng.integers(7, 16, count)
    return [Trip(float(a), float(b), int(h)) for a, b, h in zip(metres, seconds, hours, strict=True)]


def _fit(trips: list[Trip], in_force: GreatCircle = SETTINGS) -> SpeedFit:
    found = fit_speed(trips, settings_line=SETTINGS, in_force=in_force)
    assert found is not None
    return found


@pytest.mark.parametrize("kmh", [18.0, 30.0, 45.0])
def test_the_speed_is_found_again(kmh: float) -> None:
    found = _fit(_trips(2000, kmh=kmh))

    assert found.speed_kmh == pytest.approx(kmh, rel=0.02)
    assert found.low_kmh < found.speed_kmh < found.high_kmh
    assert found.trips == 2000
    assert found.absurd <= 3


def test_a_days_drives_add_up() -> None:
    trips = _trips(2000, kmh=24, spread=0.45)

    line = GreatCircle(1.35, _fit(trips).speed_kmh)

    told = sum(trip.metres * line.seconds_per_m for trip in trips)
    assert told == pytest.approx(sum(trip.seconds for trip in trips), rel=0.03)


def test_wild_trips_hardly_count() -> None:
    calm = _trips(300)
    lunches = [Trip(trip.metres, trip.seconds + 5400, trip.hour) for trip in _trips(30, seed=2)]
    late_taps = [Trip(trip.metres, 90.0, trip.hour) for trip in _trips(30, seed=3)]
    forgotten = [Trip(trip.metres, 30_000.0, trip.hour) for trip in _trips(30, seed=4)]
    beside = [Trip(120.0, 600.0, 9)] * 30

    found = _fit([*calm, *lunches, *late_taps, *forgotten, *beside])

    assert found.speed_kmh == pytest.approx(_fit(calm).speed_kmh, rel=0.06)
    assert found.absurd >= 60
    assert found.far >= 25
    assert found.used + found.far + found.absurd == found.trips


def test_few_trips_stay_near_the_settings() -> None:
    few, many = _fit(_trips(LEAST_TRIPS, kmh=15)), _fit(_trips(1500, kmh=15))

    assert 15.5 < few.speed_kmh < 24
    assert many.speed_kmh == pytest.approx(15, rel=0.03)
    assert few.high_kmh - few.low_kmh > many.high_kmh - many.low_kmh


@pytest.mark.parametrize("trips", [[], _trips(LEAST_TRIPS - 1), [Trip(100.0, 10.0, 9)] * 500])
def test_too_few_sound_trips_say_nothing(trips: list[Trip]) -> None:
    assert fit_speed(trips, settings_line=SETTINGS, in_force=SETTINGS) is None


def test_the_prior_is_the_settings_not_what_is_in_force() -> None:
    trips = _trips(100, kmh=20)

    first = _fit(trips)
    again = _fit(trips, in_force=GreatCircle(1.35, first.speed_kmh))

    assert again.speed_kmh == first.speed_kmh
    assert again.off_before == pytest.approx(first.off_after, abs=0.01)
    assert first.off_after < first.off_before


def test_minutes_that_do_not_depend_on_distance_are_found() -> None:
    found = _fit(_trips(3000, kmh=30, spread=0.1, still_s=240))

    assert found.still_s == pytest.approx(240, abs=30)
    assert found.speed_kmh < 30
    calm = _fit(_trips(3000, kmh=30, spread=0.1)).still_s
    assert calm is not None
    assert calm < 20


def test_times_of_day_are_told_apart() -> None:
    morning = [Trip(t.metres, t.seconds, 8) for t in _trips(200, kmh=20)]
    noon = [Trip(t.metres, t.seconds, 13) for t in _trips(200, kmh=30, seed=2)]
    rare = [Trip(t.metres, t.seconds, 10) for t in _trips(5, kmh=30, seed=3)]

    hours = _fit([*morning, *noon, *rare]).hours

    assert [(hour.since, hour.until, hour.trips) for hour in hours] == [
        (0, 9, hours[0].trips),
        (12, 24, hours[1].trips),
    ]
    assert hours[0].speed_kmh == pytest.approx(20, rel=0.12)
    assert hours[1].speed_kmh == pytest.approx(30, rel=0.12)


def test_the_picture_has_some_of_the_trips() -> None:
    trips = _trips(1000)

    points = _fit(trips).points

    assert len(points) == 240
    told = [a for a, _ in points]
    assert told == sorted(told)
    assert {(round(t.metres * SETTINGS.seconds_per_m), round(t.seconds)) for t in trips} >= set(points)
