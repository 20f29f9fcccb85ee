"""Why a need is not visited yet, by the published days as of now: a free slot, or the constraints in the way.

A plan's reasons are as of the time it was made. This asks the same question (planning/why/explain.py) of the
published days, over the same two weeks for which slots are offered (slot_offers.py), so the two never
disagree.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from outreach.models import Need
from visits.models import Shift
from visits.planning import Reason
from visits.planning.why import explain
from visits.schedule.plans import slot_offers
from visits.schedule.plans.slot_offers import NoPlaceError, SlotOffer
from visits.schedule.problem import published_week
from visits.schedule.runs import unserved_reasons


@dataclass(frozen=True, kw_only=True)
class WhyNowAnswer:
    """The answer as of `at`. `place` is the best free one; else `reason` is as plans keep them, or `trouble`
    (a code of `NoPlaceError`) says why nothing could be asked. `shifts` are those that the reason names."""

    at: datetime
    place: SlotOffer | None = None
    reason: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    shifts: dict[int, Shift] = field(default_factory=dict)


def explain_waiting_now(*, need: Need, now: datetime | None = None) -> WhyNowAnswer:
    """In a constant number of queries, in milliseconds, without the engine."""
    now = now or timezone.now()
    try:
        found = slot_offers.list_slot_offers(need=need, now=now, limit=1)
    except NoPlaceError as none:
        return WhyNowAnswer(at=now, trouble=none.code)
    if found:
        return WhyNowAnswer(at=now, place=found[0])
    there = published_week.load_published_week(
        first=timezone.localdate(now), days=slot_offers.DAYS, asked=need, now=now, weighed=True
    )
    if not there.shifts:
        return WhyNowAnswer(at=now, reason=unserved_reasons.reason_as_json(Reason("no_shift")))
    asked = there.problem.visit_by_id[str(need.pk)]
    reason = explain.explain_visit(there.problem, there.orders, asked)
    return WhyNowAnswer(
        at=now,
        reason=unserved_reasons.full_reason(there.problem, asked.id, reason),
        shifts={shift.pk: shift for shift in there.shifts.values()},
    )
