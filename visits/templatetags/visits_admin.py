"""Filters and tags for the office's templates: short labels and CSS tags."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone

from outreach.enums import ResidentKind, Urgency
from visits.enums import PlanState, RunState
from visits.models import PlanRun
from visits.schedule.runs.run_status import read_run_state
from visits.wording import labels

register = template.Library()

_RUN_TAGS = {
    RunState.QUEUED: "waiting",
    RunState.RUNNING: "planned",
    RunState.INTERRUPTED: "late",
    RunState.FAILED: "failed",
    RunState.STOPPED: "late",
    RunState.DONE: "done",
}
_PLAN_TAGS = {PlanState.DRAFT: "waiting", PlanState.PUBLISHED: "done", PlanState.DISCARDED: "failed"}


@register.filter(name="span")
def show_run_days(run: PlanRun) -> str:
    """The days of a run."""
    return labels.format_days(run.first_date, run.last_date)


@register.filter
def run_state(run: PlanRun) -> RunState:
    """The run's state as of now (schedule/runs/run_status.py)."""
    return read_run_state(run, now=timezone.now())


@register.filter
def run_tag(state: str) -> str:
    return _RUN_TAGS[RunState(state)]


@register.filter
def plan_tag(state: str) -> str:
    return _PLAN_TAGS[PlanState(state)]


@register.filter(name="checkbox")
def mark_checkbox(field: BoundField) -> BoundField:
    """The field, marked if it is a single checkbox, whose label then follows it."""
    field.is_checkbox = isinstance(field.field.widget, CheckboxInput)  # type: ignore[attr-defined]
    return field


@register.filter(name="short_day")
def show_short_day(on: Any) -> str:
    return labels.format_short_day(on)


@register.filter(name="day_name")
def show_day_name(on: Any) -> str:
    return labels.format_day(on)


@register.filter
def kind_word(kind: str) -> str:
    """The kind of a resident without the explanation in brackets."""
    return str(ResidentKind(kind).label).partition(" (")[0]


@register.filter
def urgency_word(urgency: str) -> str:
    return str(Urgency(urgency).label).partition(" (")[0]
