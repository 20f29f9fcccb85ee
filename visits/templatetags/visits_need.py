"""What the planner knows about a need, for pages of the outreach app: its points, and why it is not planned."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from outreach import words as family_words
from outreach.enums import NeedState
from outreach.models import Need
from visits.schedule.plans import outdated_reasons, slot_labels, unassigned, why_now
from visits.schedule.problem import need_priority, priority_weights
from visits.wording import labels

register = template.Library()
WAITS = (NeedState.OPEN, NeedState.PLANNED, NeedState.REVIEW)


def _parts(request: HttpRequest, need: Need) -> tuple[list[tuple[str, float]], float]:
    """Parts in words and their sum, as of today."""
    today = timezone.localdate()
    behind: dict[str, float] | None = getattr(request, "villages_behind", None)
    if behind is None:  # once a page, however many needs it lists
        behind = need_priority.villages_behind(on=today)
        request.villages_behind = behind  # type: ignore[attr-defined]
    found = need_priority.parts(need, on=today, behind=behind)
    return labels.parts(part.as_json() for part in found), need_priority.total(found)


def _first(need: Need) -> str:
    """Why the need goes before any sum of points, where it does."""
    today = timezone.localdate()
    found = need_priority.guarantee(need, on=today, last=today)
    return "" if found is None else labels.part(found.as_json())


@register.inclusion_tag("admin/visits/parts.html", takes_context=True)
def need_points(context: dict[str, Any], need: Need) -> dict[str, Any]:
    """The points of a need in a box that opens into its parts; nothing for one that waits no more."""
    if need.state not in WAITS:
        return {"none": True}
    parts, total = _parts(context["request"], need)
    first = _first(need)
    shown = [(first, 0.0), *parts] if first else parts
    return {"priority": total, "parts": shown, "name": need.resident.name}


@register.inclusion_tag("admin/visits/why.html", takes_context=True)
def need_why(context: dict[str, Any], need: Need) -> dict[str, Any]:
    """How many points and why, what the published days say now, and why the last plan left the need waiting."""
    request = context["request"]
    if need.state not in WAITS:
        return {}
    parts, total = _parts(request, need)
    told: dict[str, Any] = {"total": total, "parts": parts, "first": _first(need), "need": need}
    if need.state != NeedState.OPEN:
        return told
    waiting = unassigned.of_need(need)
    if waiting is not None:
        told |= {"left": waiting, "outdated": outdated_reasons.since(waiting.row)}
    if request.user.has_perm("visits.view_plan"):
        told |= need_now(need)
    return told


@register.inclusion_tag("admin/visits/why_now.html")
def need_now(need: Need) -> dict[str, Any]:
    """The answer of the published days as of now, in words."""
    now = why_now.ask(need=need)
    if now.trouble:
        return {"trouble": slot_labels.none(now.trouble)}
    if now.place is None:
        return {"now": now, "said": unassigned.said(now.reason, shifts=now.shifts)}
    place = now.place
    return {
        "now": now,
        "free": slot_labels.free(place.shift.team.name, family_words.interval(*place.told)),
        "price": slot_labels.price(place.slot),
    }


@register.inclusion_tag("admin/visits/weights.html")
def plan_weights() -> dict[str, Any]:
    """What a need's points are made of, by the settings."""
    return {"weights": priority_weights.rows(), "guarantee": priority_weights.guarantee()}
