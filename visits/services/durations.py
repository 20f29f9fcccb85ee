"""How long a visit takes: a quantile of a lognormal per kind of resident, and the minutes to set up the kit."""

from math import ceil, exp
from statistics import NormalDist

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need


def quantile_minutes(median: float) -> float:
    """The planned quantile (80 % unless set) of a lognormal with this median."""
    z = NormalDist().inv_cdf(settings.VISIT_MINUTES_QUANTILE)
    return float(median * exp(z * settings.VISIT_MINUTES_SIGMA))


def service_seconds(need: Need, *, setup_minutes: int) -> int:
    """At the home: to find it (if only its village is known), to set up the kit (not for handing over a card), and
    the visit itself, as the need says or as its kind usually takes."""
    delivery = need.kind == NeedKind.DELIVERY
    kind = "delivery" if delivery else need.resident.kind
    minutes = need.service_minutes or quantile_minutes(settings.VISIT_MINUTES.get(kind, 24))
    minutes += 0 if delivery else setup_minutes
    minutes += settings.APPROXIMATE_EXTRA_MINUTES if need.resident.approximate else 0
    return ceil(minutes) * 60
