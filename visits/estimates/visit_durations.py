"""Estimated visit durations: learned per kind from finished visits, with the settings as the prior.

The estimates do not include setting up the kit; these minutes belong to the team and are added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need
from visits.enums import VisitKind
from visits.models import VisitTime
from visits.planning.uncertainty import durations
from visits.planning.uncertainty.durations import Belief, Duration


@dataclass(frozen=True, slots=True)
class VisitEstimate:
    """The estimate for a kind of visit: its duration in minutes (a distribution), and the share without a
    result."""

    minutes: Duration
    in_vain: float


def prior_belief(kind: str) -> Belief:
    """The settings, as a belief before any visit."""
    return durations.build_prior(
        median=settings.VISIT_MINUTES.get(kind, 24),
        sigma=settings.VISIT_MINUTES_SIGMA,
        visits=settings.VISIT_MINUTES_PRIOR,
    )


def estimate_in_vain(*, visits: int, in_vain: int) -> float:
    """The share of visits without a result, with the setting `VISIT_IN_VAIN` as `VISIT_MINUTES_PRIOR`
    pseudo-observations."""
    before = settings.VISIT_MINUTES_PRIOR
    return float((settings.VISIT_IN_VAIN * before + in_vain) / (before + visits))


def load_estimates() -> dict[str, VisitEstimate]:
    """The estimate of every kind, in one query: learned, or the settings if no visit of the kind has
    finished."""
    rows = {row.kind: row for row in VisitTime.objects.all()}
    found = {}
    for kind in VisitKind.values:
        row = rows.get(kind)
        found[kind] = VisitEstimate(
            minutes=Duration(row.mean, row.spread, row.freedom)
            if row is not None and row.used
            else prior_belief(kind).predict_next(),
            in_vain=estimate_in_vain(
                visits=row.visits if row is not None else 0, in_vain=row.in_vain if row is not None else 0
            ),
        )
    return found


def next_visit_kind(need: Need) -> VisitKind:
    """The kind of the need's next visit."""
    if need.kind == NeedKind.DELIVERY:
        return VisitKind.DELIVERY
    return VisitKind.AGAIN if need.attempts else VisitKind(need.resident.kind)


def estimate_need(need: Need, learned: Mapping[str, VisitEstimate]) -> VisitEstimate:
    """The estimate for the need's next visit. If the coordinator set its minutes, these become the planned
    quantile."""
    found = learned[next_visit_kind(need)]
    if need.service_minutes:
        away = log(need.service_minutes / found.minutes.quantile_min(settings.VISIT_MINUTES_QUANTILE))
        minutes = Duration(found.minutes.mean + away, found.minutes.spread, found.minutes.freedom)
        return VisitEstimate(minutes, found.in_vain)
    return found


def fixed_minutes(need: Need, *, setup_minutes: int) -> int:
    """Minutes on top of the visit itself: setting up the kit (not for a delivery), and finding a home of
    which only the village is known."""
    minutes = 0 if need.kind == NeedKind.DELIVERY else setup_minutes
    return minutes + (settings.APPROXIMATE_EXTRA_MINUTES if need.resident.approximate else 0)


def service_seconds(
    need: Need,
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate] | None = None,
    follows: bool = False,
) -> int:
    """What a plan sets aside at the home: the fixed minutes (not where it `follows` another at a shared
    stop), and the visit as the need says or as its kind mostly takes. Give what is `load_estimates` where
    there are many needs."""
    minutes = need.service_minutes or estimate_need(need, learned or load_estimates()).minutes.quantile_min(
        settings.VISIT_MINUTES_QUANTILE
    )
    fixed = 0 if follows else fixed_minutes(need, setup_minutes=setup_minutes)
    return ceil(round(minutes + fixed, 6)) * 60


def alone_seconds(planned_s: int, *, short_s: int, full_s: int) -> int:
    """Seconds that a visit planned as a follower at a shared stop takes with a kit of its own: `full_s -
    short_s` more, unless `planned_s` is nearer to `full_s` and so includes the kit already."""
    brings = abs(planned_s - full_s) < abs(planned_s - short_s)
    return planned_s if brings else planned_s + full_s - short_s
