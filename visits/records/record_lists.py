"""Lists of captures and events for the office's pages."""

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils.functional import cached_property

from outreach.selectors.keyset import count_by_value, describe_count
from visits.enums import CaptureStage, EventState
from visits.models import Capture, CaptureState, EventStatus, Receipt

PER_PAGE = 50
LOOK_AT = (EventState.REVIEW, EventState.REJECTED)


def count_by_stage() -> dict[str, str]:
    """The number of captures at each stage in words; of many it says only that they are many."""
    counts = count_by_value(CaptureState, "stage", CaptureStage.values)
    return {stage: describe_count(count) for stage, count in counts.items()}


class _StagePaginator(Paginator):  # type: ignore[type-arg]
    """Counts the states `counted` by their index alone, without the captures."""

    counted = ""

    @cached_property
    def count(self) -> int:
        return CaptureState.objects.filter(stage=self.counted).count()


def list_captures(*, stage: str, number: int) -> Page[Capture]:
    """A page of the captures at a stage: oldest first where somebody has to act, else newest first."""
    rows = Capture.objects.filter(status__stage=stage).select_related(
        "status", "device__team", "officer", "visit__need__resident__village", "outbox"
    )
    rows = rows.defer("visit__need__resident__village__boundary")
    rows = rows.prefetch_related(Prefetch("receipts", Receipt.objects.defer("jws")))
    waits = stage in (CaptureStage.INCOMPLETE, CaptureStage.STORED, CaptureStage.REVIEW)
    order = ("received_at", "pk") if waits else ("-received_at", "-pk")
    paginator = _StagePaginator(rows.order_by(*order), PER_PAGE)
    paginator.counted = stage
    return paginator.get_page(number)


def list_captures_of_need(capture: Capture) -> list[Capture]:
    """Other captures of the same need."""
    if capture.visit is None:
        return []
    rows = Capture.objects.filter(visit__need=capture.visit.need_id).exclude(pk=capture.pk)
    return list(rows.select_related("status", "device__team", "officer").order_by("received_at"))


def list_events_to_review(*, number: int) -> Page[EventStatus]:
    """A page of events that are under review or rejected, oldest first."""
    rows = (
        EventStatus.objects.filter(state__in=LOOK_AT)
        .select_related("event__device__team", "event__officer", "event__visit__need__resident__village")
        .defer("event__visit__need__resident__village__boundary")
    )
    return Paginator(rows.order_by("event__received_at"), PER_PAGE).get_page(number)
