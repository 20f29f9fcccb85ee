"""Lists of captures and events for the office's pages."""

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch

from visits.enums import CaptureStage, EventState
from visits.models import Capture, EventStatus, Receipt

PER_PAGE = 50
LOOK_AT = (EventState.REVIEW, EventState.REJECTED)


def count_by_stage() -> dict[str, int]:
    """The number of captures at each stage."""
    counted = dict(Capture.objects.order_by().values_list("status__stage").annotate(n=Count("pk")))
    return {str(stage): counted.get(stage, 0) for stage in CaptureStage}


def list_captures(*, stage: str, number: int) -> Page[Capture]:
    """A page of the captures at a stage: oldest first where somebody has to act, else newest first."""
    rows = Capture.objects.filter(status__stage=stage).select_related(
        "status", "device__team", "officer", "visit__need__resident__village", "outbox"
    )
    rows = rows.prefetch_related(Prefetch("receipts", Receipt.objects.defer("jws")))
    waits = stage in (CaptureStage.INCOMPLETE, CaptureStage.STORED, CaptureStage.REVIEW)
    rows = rows.order_by("received_at" if waits else "-received_at")
    return Paginator(rows, PER_PAGE).get_page(number)


def list_captures_of_need(capture: Capture) -> list[Capture]:
    """Other captures of the same need."""
    if capture.visit is None:
        return []
    rows = Capture.objects.filter(visit__need=capture.visit.need_id).exclude(pk=capture.pk)
    return list(rows.select_related("status", "device__team", "officer").order_by("received_at"))


def list_events_to_review(*, number: int) -> Page[EventStatus]:
    """A page of events that are under review or rejected, oldest first."""
    rows = EventStatus.objects.filter(state__in=LOOK_AT).select_related(
        "event__device__team", "event__officer", "event__visit__need__resident__village"
    )
    return Paginator(rows.order_by("event__received_at"), PER_PAGE).get_page(number)
