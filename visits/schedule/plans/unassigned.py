"""Needs that a plan leaves unassigned and why, and the promises and guarantees that it does not keep."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from outreach import vault
from outreach.formats import format_initials
from outreach.lib import phone
from outreach.models import Need
from visits.appointments import arrival_intervals
from visits.enums import PlanState
from visits.lib.plan_summary import BrokenPromise, Row
from visits.models import Plan, PlanStop, PlanUnserved, Shift
from visits.schedule.plans import plan_page, unassigned_labels
from visits.wording import labels
from visits.wording.labels import Shifts

GUARANTEES = 20  # listed on a plan's page


@dataclass(frozen=True, kw_only=True)
class UnassignedNeed:
    """A need that the plan leaves waiting: reasons for the office, what to tell the family, its points."""

    row: PlanUnserved
    reasons: list[str]
    told: str
    each: list[str]  # what stands in the way on every team-day, where none could serve the need
    parts: list[tuple[str, float]]


@dataclass(frozen=True, kw_only=True)
class UnassignedCounts:
    """How many needs a plan leaves: for each reason (code, words, count; the most frequent first), and how many of
    these are past the longest wait or due in the plan."""

    reasons: list[tuple[str, str, int]]
    guaranteed: int


def count_unassigned(plan: Plan) -> UnassignedCounts:
    """In one query, without reading a reason."""
    rows = PlanUnserved.objects.filter(plan=plan).order_by().values_list("code", "guaranteed")
    counted, guaranteed = Counter[str](), 0
    for code, must, count in rows.annotate(count=Count("pk")):
        counted[code] += count
        guaranteed += count * must
    most_first = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return UnassignedCounts(
        reasons=[
            (code or unassigned_labels.UNEXPLAINED, unassigned_labels.reason_title(code), count)
            for code, count in most_first
        ],
        guaranteed=guaranteed,
    )


def list_unserved(
    plan: Plan, *, code: str = "", district: str = "", guaranteed: bool = False
) -> QuerySet[PlanUnserved]:
    """Who is left, the most pressing first; `code`, `district` and `guaranteed` narrow it."""
    rows = PlanUnserved.objects.filter(plan=plan).select_related("need__resident__village__district")
    rows = rows.defer("need__resident__village__boundary", "need__resident__village__district__boundary")
    if code:
        rows = rows.filter(code="" if code == unassigned_labels.UNEXPLAINED else code)
    if guaranteed:
        rows = rows.filter(guaranteed=True)
    if district:
        rows = rows.filter(need__resident__village__district=district)
    return rows.order_by("-priority", "need__waiting_since", "pk")


def explain_unassigned(rows: Sequence[PlanUnserved], shifts: dict[int, Shift]) -> list[UnassignedNeed]:
    """Reasons in words; the others whom reasons name are read in one query."""
    names = name_visits(reason for row in rows for reason in row.reasons)
    return [
        UnassignedNeed(
            row=row,
            reasons=[
                unassigned_labels.describe_for_office(reason, shifts=shifts, names=names)
                for reason in row.reasons
            ],
            told=unassigned_labels.describe_for_family(row.reasons[0], shifts=shifts) if row.reasons else "",
            each=[
                line
                for reason in row.reasons
                for line in unassigned_labels.describe_team_days(reason, shifts=shifts)
            ],
            parts=labels.describe_parts(row.parts),
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class ReasonText:
    """One reason in words: for the office, for the family, and for every team-day."""

    reason: str
    told: str
    each: list[str]


def describe_reason(reason: Row, shifts: Shifts) -> ReasonText:
    return ReasonText(
        reason=unassigned_labels.describe_for_office(reason, shifts=shifts, names=name_visits([reason])),
        told=unassigned_labels.describe_for_family(reason, shifts=shifts),
        each=unassigned_labels.describe_team_days(reason, shifts=shifts),
    )


def name_visits(reasons: Iterable[Row]) -> dict[str, str]:
    """The visits that reasons name, as initials and village: "S. P. (Kare)"; by need."""
    wanted = {need for reason in reasons for need in reason.get("needs", [])}
    rows = Need.objects.filter(pk__in=wanted).values_list("pk", "resident__name", "resident__village__name")
    return {str(pk): f"{format_initials(name)} ({village})" for pk, name, village in rows}


def explain_need(need: Need) -> UnassignedNeed | None:
    """Why the newest plan that looked at the need leaves it waiting; None where it serves it, or none looked."""
    rows = PlanUnserved.objects.filter(need=need).exclude(plan__state=PlanState.DISCARDED)
    row = rows.select_related("plan__run").order_by("-plan__made_at").first()
    if row is None:
        return None
    served = PlanStop.objects.filter(need=need, plan__made_at__gt=row.plan.made_at)
    if served.exclude(plan__state=PlanState.DISCARDED).exists():
        return None
    return explain_unassigned([row], plan_page.load_plan_shifts(row.plan))[0]


@dataclass(frozen=True, kw_only=True)
class BrokenPromiseLine:
    """A visit that had to stay with its team and day and could not, or that had to be served and is not."""

    need: str
    name: str
    reason: str
    was: str = ""
    now: str = ""
    phone: str = ""  # masked
    offer: str = ""  # the best place that is left


def list_broken_promises(plan: Plan, shifts: Shifts) -> list[BrokenPromiseLine]:
    """Promises that the plan does not keep."""
    rows = plan.figures.broken
    needs = Need.objects.filter(pk__in=[row.need for row in rows]).select_related("resident__key")
    families = {str(need.pk): need.resident for need in needs}
    seen = name_visits(row.reason for row in rows)
    stops = PlanStop.objects.filter(plan=plan, need__in=[row.need for row in rows]).select_related("shift")
    told = {str(stop.need_id): stop for stop in stops}
    return [
        BrokenPromiseLine(
            need=row.need,
            name=families[row.need].name if row.need in families else "?",
            phone=phone.mask_phone(vault.unseal_field(families[row.need], "phone"))
            if row.need in families
            else "",
            was=labels.describe_team_day(row.shift, shifts),
            now=_describe_replacement(row, told.get(row.need), shifts) if row.served_on else "",
            reason=unassigned_labels.describe_for_office(row.reason, shifts=shifts, names=seen),
            offer=""
            if row.served_on or row.instead is None
            else _("Tempat terbaik yang tersisa: %(place)s.")
            % {"place": labels.describe_team_day(row.instead.shift, shifts)},
        )
        for row in rows
    ]


def _describe_replacement(row: BrokenPromise, stop: PlanStop | None, shifts: Shifts) -> str:
    """Tim 2 Sel 1 Des, 10.30–11.20: the hours that the family will be told."""
    place = labels.describe_team_day(row.served_on, shifts)
    return f"{place}, {labels.format_clocks(*arrival_intervals.interval_to_tell(stop))}" if stop else place


def list_broken_guarantees(plan: Plan, shifts: Shifts) -> list[BrokenPromiseLine]:
    """Needs past the longest wait, or with a deadline in the plan, that it does not serve: the most pressing ones."""
    rows = list_unserved(plan, guaranteed=True).select_related("need__resident")[:GUARANTEES]
    seen = name_visits(reason for row in rows for reason in row.reasons)
    return [
        BrokenPromiseLine(
            need=str(row.need_id),
            name=row.need.resident.name,
            was=labels.describe_part(row.parts[0]),
            reason=" ".join(
                unassigned_labels.describe_for_office(reason, shifts=shifts, names=seen)
                for reason in row.reasons
            ),
        )
        for row in rows
    ]
