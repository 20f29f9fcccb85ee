"""Estimated visit durations: learned per kind from finished visits, with the settings as the prior.

The estimates do not include setting up the kit; these minutes belong to the team and are added. Plans use the
expected length of a visit, with the share of visits in vain, and its variance: what it may take longer is kept
free once for the whole team-day (`PLAN_RESERVE`, planning/rules.py `count_reserve_s`), not at every home.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log

from django.conf import settings

from outreach.enums import NeedKind
from outreach.models import Need
from visits.enums import VisitKind
from visits.models import VisitTime
from visits.planning.uncertainty import durations
from visits.planning.uncertainty.durations import Belief, Duration, ServiceTime


@dataclass(frozen=True, slots=True)
class VisitEstimate:
    """The estimate for a kind of visit: its duration in minutes (a distribution), the share without a
    result, and the duration of those."""

    minutes: Duration
    in_vain: float
    vain_minutes: Duration


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
    minutes = {kind: _known_duration(kind, rows.get(kind)) for kind in VisitKind.values}
    return {
        kind: VisitEstimate(
            minutes=minutes[kind],
            in_vain=estimate_in_vain(
                visits=row.visits if (row := rows.get(kind)) is not None else 0,
                in_vain=row.in_vain if row is not None else 0,
            ),
            vain_minutes=minutes[VisitKind.IN_VAIN],
        )
        for kind in VisitKind.values
    }


def _known_duration(kind: str, row: VisitTime | None) -> Duration:
    """The duration of a kind as it was learned, or as the settings say."""
    if row is not None and row.used:
        return Duration(row.mean, row.spread, row.freedom)
    return prior_belief(kind).predict_next()


def next_visit_kind(need: Need) -> VisitKind:
    """The kind of the need's next visit."""
    if need.kind == NeedKind.DELIVERY:
        return VisitKind.DELIVERY
    return VisitKind.AGAIN if need.attempts else VisitKind(need.resident.kind)


def estimate_need(need: Need, learned: Mapping[str, VisitEstimate]) -> VisitEstimate:
    """The estimate for the need's next visit. If the coordinator set its minutes, these become the mean of a
    visit that is not in vain."""
    found = learned[next_visit_kind(need)]
    if need.service_minutes:
        away = log(need.service_minutes / found.minutes.mean_min)
        return replace(found, minutes=replace(found.minutes, mean=found.minutes.mean + away))
    return found


def fixed_minutes(need: Need, *, setup_minutes: int) -> int:
    """Minutes on top of the visit itself: setting up the kit (not for a delivery), and finding a home of
    which only the village is known."""
    minutes = 0 if need.kind == NeedKind.DELIVERY else setup_minutes
    return minutes + (settings.APPROXIMATE_EXTRA_MINUTES if need.resident.approximate else 0)


def estimate_service(
    need: Need,
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate] | None = None,
    follows: bool = False,
) -> ServiceTime:
    """What a visit of the need takes: the fixed minutes (not where it `follows` another at a shared stop), and
    the visit itself. Give what is `load_estimates` where there are many needs."""
    fixed = 0 if follows else fixed_minutes(need, setup_minutes=setup_minutes)
    found = estimate_need(need, learned or load_estimates())
    return durations.expect_service(
        found.minutes, fixed_min=fixed, vain=found.vain_minutes, in_vain=found.in_vain
    )


def service_seconds(
    need: Need,
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate] | None = None,
    follows: bool = False,
) -> int:
    """The expected seconds of `estimate_service`, which a plan sets aside at the home."""
    return estimate_service(need, setup_minutes=setup_minutes, learned=learned, follows=follows).expected_s


def alone_seconds(planned_s: int, *, short_s: int, full_s: int) -> int:
    """Seconds that a visit planned as a follower at a shared stop takes with a kit of its own: `full_s -
    short_s` more, unless `planned_s` is nearer to `full_s` and so includes the kit already."""
    brings = abs(planned_s - full_s) < abs(planned_s - short_s)
    return planned_s if brings else planned_s + full_s - short_s
