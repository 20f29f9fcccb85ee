"""What the published days say of a need, and what needs get points for; for pages of the visits app."""

from typing import Any

from django import template
from django.utils import timezone

from outreach import formats
from outreach.models import Need
from visits.schedule.dispatch import day_page
from visits.schedule.plans import slot_labels, unassigned, why_now
from visits.schedule.problem import priority_weights

register = template.Library()


@register.inclusion_tag("admin/visits/why_now.html")
def need_now(need: Need) -> dict[str, Any]:
    """The answer of the published days as of now."""
    now = why_now.explain_waiting_now(need=need)
    if now.trouble:
        return {"trouble": slot_labels.describe_no_slot(now.trouble)}
    if now.place is None:
        return {"now": now, "said": unassigned.describe_reason(now.reason, shifts=now.shifts)}
    place = now.place
    return {
        "now": now,
        "free": slot_labels.describe_free_slot(place.shift.team.name, formats.format_interval(*place.told)),
        "price": slot_labels.describe_slot_price(place.slot, moved=len(place.moved)),
    }


@register.simple_tag
def today_mark() -> str:
    """The mark of the day under way, for forms that plan its rest anew."""
    return day_page.mark_today(now=timezone.now())


@register.inclusion_tag("admin/visits/weights.html")
def plan_weights() -> dict[str, Any]:
    """The weights of points, from the settings."""
    return {"weights": priority_weights.list_weights(), "guarantee": priority_weights.describe_guarantee()}
