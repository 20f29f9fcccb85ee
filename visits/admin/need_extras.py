"""What the planner knows about a need, on the pages of needs and requests: its points, why it is not planned,
and the ways to a place in the published days."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from outreach.admin.need_extras import PagePlace, add_extra, add_rows
from outreach.enums import UNFINISHED_NEEDS, NeedState
from outreach.models import Need
from visits.appointments import placement
from visits.models import Visit
from visits.schedule.plans import outdated_reasons, outdated_stops, taking_out, unassigned
from visits.schedule.problem import need_priority
from visits.templatetags.visits_need import need_now
from visits.wording import labels

WAITS = (NeedState.OPEN, NeedState.PLANNED, NeedState.REVIEW)
MAY_LOOK = "visits.view_plan"


def _priority_parts(request: HttpRequest, need: Need) -> tuple[list[tuple[str, float]], float]:
    """Parts of the priority in words, with their points, and the sum; as of today."""
    today = timezone.localdate()
    behind: dict[str, float] | None = getattr(request, "villages_behind", None)
    if behind is None:  # once a page, however many needs it lists
        behind = need_priority.recall_villages_behind(on=today)
        request.villages_behind = behind  # type: ignore[attr-defined]
    found = need_priority.priority_parts(need, on=today, behind=behind)
    return labels.describe_parts(part.as_json() for part in found), need_priority.sum_points(found)


def _guarantee(need: Need) -> str:
    """Why the need goes before any sum of points, in words; empty where it does not."""
    today = timezone.localdate()
    found = need_priority.find_guarantee(need, on=today, last=today)
    return "" if found is None else labels.describe_part(found.as_json())


def render_points(request: HttpRequest, need: Need) -> str:
    """The points of a need in a box that opens into their parts; nothing for one that waits no more."""
    if need.state not in WAITS:
        return ""
    parts, total = _priority_parts(request, need)
    first = _guarantee(need)
    shown = [(first, 0.0), *parts] if first else parts
    told = {"priority": total, "parts": shown, "name": need.resident.name}
    return render_to_string("admin/visits/parts.html", told)


def render_reasons(request: HttpRequest, need: Need) -> str:
    """The points and why, what the published days say now, and why the last plan left the need waiting."""
    if need.state not in WAITS:
        return ""
    parts, total = _priority_parts(request, need)
    told: dict[str, Any] = {"total": total, "parts": parts, "first": _guarantee(need), "need": need}
    if need.state == NeedState.PLANNED:
        told["visit"] = visit = placement.find_open_visit(need)
        fault = outdated_stops.find_visit_fault(visit) if visit and not visit.is_called_off else None
        told["unsuited"] = labels.describe_unsuited_visit(fault) if fault else ""
    if need.state == NeedState.OPEN:
        waiting = unassigned.explain_need(need)
        if waiting is not None:
            told |= {"left": waiting, "outdated": outdated_reasons.list_changes_since(waiting.row)}
        if request.user.has_perm(MAY_LOOK):
            told |= need_now(need)
    return render_to_string("admin/visits/why.html", told, request=request)


def render_actions(request: HttpRequest, need: Need) -> str:
    """The way to the places in the published days, and for somebody urgent a team of today."""
    if need.state not in (NeedState.OPEN, NeedState.PLANNED) or not request.user.has_perm(MAY_LOOK):
        return ""
    return render_to_string("admin/visits/need_actions.html", {"row": need}, request=request)


def render_ends(request: HttpRequest, need: Need) -> str:
    """The ways to take the need out of its day or a draft, and to close it."""
    told = {
        "row": need,
        "may_close": need.state in UNFINISHED_NEEDS and request.user.has_perm("outreach.decide_need"),
        "may_take_out": need.state in (NeedState.OPEN, NeedState.PLANNED)
        and request.user.has_perms([MAY_LOOK, "visits.publish_plan"])
        and taking_out.find_in_plans(need).is_any,
    }
    if not (told["may_close"] or told["may_take_out"]):
        return ""
    return render_to_string("admin/visits/need/ends.html", told)


def render_next_step(request: HttpRequest, need: Need, *, look: str = "") -> str:
    """The way from an accepted request to the places of its need; `look` is the classes of the link."""
    if need.state != NeedState.OPEN or not request.user.has_perm(MAY_LOOK):
        return ""
    return render_to_string("admin/visits/need_places_link.html", {"row": need, "look": look})


def render_request_button(request: HttpRequest, need: Need) -> str:
    """The same as a button of the request's page."""
    return render_next_step(request, need, look="button secondary small")


def list_visits(need: Need) -> list[Visit]:
    """What happens to the need's visits is news on its pages."""
    return list(need.visits.all())


add_extra(PagePlace.LIST_CELL, render_points)
add_extra(PagePlace.REASONS, render_reasons)
add_extra(PagePlace.ACTIONS, render_actions)
add_extra(PagePlace.ACTIONS, render_ends)
add_extra(PagePlace.REQUEST, render_request_button)
add_extra(PagePlace.NEXT_STEP, render_next_step)
add_rows(list_visits)
