from math import exp, log

import pytest

from outreach.enums import LocationSource, NeedKind, ResidentKind
from tests.factories.outreach import NeedFactory
from visits.enums import VisitKind
from visits.estimates import visit_durations
from visits.estimates.visit_durations import service_seconds
from visits.models import VisitTime

pytestmark = pytest.mark.django_db

PIN = LocationSource.PIN


def learned(clock, kind: VisitKind, *, median: float, spread: float = 0.3, **more) -> VisitTime:
    values = {"used": 100, "visits": 100, "freedom": 110.0, "learned_at": clock.now(), **more}
    return VisitTime.objects.create(kind=kind, mean=log(median), spread=spread, **values)


@pytest.fixture(autouse=True)
def _nobody_away(settings) -> None:
    settings.VISIT_IN_VAIN = 0


def test_without_visits_plans_use_the_mean_of_the_settings(settings) -> None:
    settings.VISIT_MINUTES_SIGMA, settings.VISIT_MINUTES = 0.35, {"sick": 24}
    settings.VISIT_MINUTES_PRIOR = 1000  # as good as known: the mean of a lognormal
    need = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=PIN)

    found = visit_durations.estimate_service(need, setup_minutes=0)

    assert found.expected_s / 60 == pytest.approx(24 * exp(0.35**2 / 2), rel=0.002)
    assert found.variance_s2 == pytest.approx(found.expected_s**2 * (exp(0.35**2) - 1), rel=0.02)


def test_a_home_takes_the_visit_the_setup_and_the_search(settings) -> None:
    settings.APPROXIMATE_EXTRA_MINUTES, settings.VISIT_MINUTES_SIGMA = 5, 0.01
    settings.VISIT_MINUTES = {"sick": 24, "delivery": 8, "again": 21}
    pinned = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=PIN)
    somewhere = NeedFactory(resident__kind=ResidentKind.SICK)
    again = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=PIN, attempts=1)
    card = NeedFactory(kind=NeedKind.DELIVERY, resident__location_source=PIN)
    known = NeedFactory(service_minutes=50, resident__location_source=PIN)

    found = [service_seconds(need, setup_minutes=10) / 60 for need in (pinned, somewhere, again, card, known)]

    assert found == pytest.approx([34, 39, 31, 8, 60], abs=0.1)


def test_visits_in_vain_shorten_what_is_expected_and_widen_it(settings) -> None:
    settings.VISIT_MINUTES_SIGMA, settings.VISIT_MINUTES = 0.01, {"sick": 24, "in_vain": 8}
    need = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=PIN)

    sure = visit_durations.estimate_service(need, setup_minutes=10)
    settings.VISIT_IN_VAIN = 0.25
    found = visit_durations.estimate_service(need, setup_minutes=10)

    assert found.expected_s / 60 == pytest.approx(10 + 0.75 * 24 + 0.25 * 8, abs=0.1)
    assert sure.variance_s2 < 60**2 < found.variance_s2


def test_what_was_learned_is_planned_with(clock, settings) -> None:
    settings.VISIT_MINUTES_SIGMA = 0.01
    learned(clock, VisitKind.SICK, median=41, spread=0.01)
    learned(clock, VisitKind.ELDERLY, median=41, used=0, visits=0)
    sick = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=PIN)
    old = NeedFactory(resident__kind=ResidentKind.ELDERLY, resident__location_source=PIN)

    assert service_seconds(sick, setup_minutes=10) / 60 == pytest.approx(51, abs=0.1)
    assert service_seconds(old, setup_minutes=10) / 60 == pytest.approx(
        30, abs=0.1
    )  # nothing was learned yet


def test_minutes_set_by_the_coordinator_are_the_mean_of_a_visit() -> None:
    need = NeedFactory(service_minutes=50)

    known = visit_durations.estimate_need(need, visit_durations.load_estimates())

    assert known.minutes.mean_min == pytest.approx(50, rel=0.01)


def test_the_share_in_vain_starts_from_the_setting(clock, settings) -> None:
    settings.VISIT_IN_VAIN, settings.VISIT_MINUTES_PRIOR = 0.1, 10
    learned(clock, VisitKind.SICK, median=24, visits=90, in_vain=29)

    known = visit_durations.load_estimates()

    assert known[VisitKind.SICK].in_vain == pytest.approx(0.3)
    assert known[VisitKind.ELDERLY].in_vain == pytest.approx(0.1)


def test_all_kinds_are_read_in_one_query(clock, django_assert_num_queries) -> None:
    learned(clock, VisitKind.SICK, median=24)

    with django_assert_num_queries(1):
        assert set(visit_durations.load_estimates()) == set(VisitKind.values)
