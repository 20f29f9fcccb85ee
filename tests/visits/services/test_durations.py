import pytest

from outreach.enums import LocationSource, NeedKind, ResidentKind
from tests.factories.outreach import NeedFactory
from visits.services.durations import quantile_minutes, service_seconds

pytestmark = pytest.mark.django_db


def test_plans_use_the_quantile_of_a_lognormal(settings) -> None:
    settings.VISIT_MINUTES_SIGMA, settings.VISIT_MINUTES_QUANTILE = 0.35, 0.8
    assert quantile_minutes(20) == pytest.approx(20 * 2.718281828 ** (0.8416212 * 0.35), rel=1e-6)

    settings.VISIT_MINUTES_QUANTILE = 0.5
    assert quantile_minutes(20) == pytest.approx(20)


def test_a_home_takes_the_visit_the_setup_and_the_search(settings) -> None:
    settings.VISIT_MINUTES_QUANTILE, settings.APPROXIMATE_EXTRA_MINUTES = 0.5, 5
    settings.VISIT_MINUTES = {"sick": 24, "delivery": 8}
    pinned = NeedFactory(resident__kind=ResidentKind.SICK, resident__location_source=LocationSource.PIN)
    somewhere = NeedFactory(resident__kind=ResidentKind.SICK)
    card = NeedFactory(kind=NeedKind.DELIVERY, resident__location_source=LocationSource.PIN)
    known = NeedFactory(service_minutes=50, resident__location_source=LocationSource.PIN)

    found = [service_seconds(need, setup_minutes=10) / 60 for need in (pinned, somewhere, card, known)]

    assert found == [34, 39, 8, 60]
