"""Slots for a need in the published days, with their cost, and taking one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach import formats
from outreach.models import Need
from visits.admin import pages
from visits.appointments import arrival_intervals, placement
from visits.models import Plan, Visit
from visits.schedule.plans import booking, publishing, slot_labels
from visits.wording import labels


def _whole(request: HttpRequest, name: str) -> int:
    """A whole number of the form; -1 if it is not one, which names no slot."""
    text = pages.text(request.POST, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _need(need_id: UUID) -> Need:
    rows = Need.objects.select_related("resident__village__district").defer(
        "resident__village__boundary", "resident__village__district__boundary"
    )
    return get_object_or_404(rows, pk=need_id)


@pages.needs("visits.view_plan", "outreach.view_need")
@require_GET
def places(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """The best slot of each team-day, best first."""
    need = _need(need_id)
    trouble, found = "", []
    try:
        found = booking.offers(need=need)
    except booking.NoPlaceError as none:
        trouble = slot_labels.none(none.code)
    visit: Visit | None = placement.open_visit(need)
    return pages.page(
        request,
        "admin/visits/plan/places.html",
        model=Plan,
        title=_("Kapan bisa dikunjungi?"),
        need=need,
        visit=visit,
        mark=placement.mark(visit),
        told=formats.interval(*arrival_intervals.told(visit)) if visit else "",
        trouble=trouble,
        offers=[
            {
                "offer": offer,
                "at": arrival_intervals.moment(offer.shift.date, offer.slot.start_s),
                "price": slot_labels.price(offer.slot),
                "told": formats.interval(*offer.told),
                "rest": labels.rest(offer.shift.breaks, *offer.told),
            }
            for offer in found
            if visit is None
            or (offer.shift.pk, offer.told) != (visit.shift_id, arrival_intervals.told(visit))
        ],
    )


def _why(none: booking.NoPlaceError, request: HttpRequest) -> str:
    found = placement.of(none.visit) if none.visit is not None else None
    return (
        slot_labels.placed(found, mine=found.user == pages.who(request).pk)
        if found
        else slot_labels.none(none.code)
    )


@pages.needs("visits.view_plan", "visits.publish_plan", "outreach.view_need")
@require_POST
def take(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """Take a slot: the team-day is published again with the visit in it."""
    need = _need(need_id)
    asked = [_whole(request, name) for name in ("jadwal", "urutan", "mulai")]
    try:
        if booking.take(
            need=need,
            shift=asked[0],
            position=asked[1],
            start_s=asked[2],
            shown=pages.text(request.POST, "dari"),
            user=pages.who(request),
        ):
            messages.success(
                request, _("Kunjungan dijadwalkan. Kabari keluarganya; tablet tim mengambil jadwal baru.")
            )
        else:
            messages.info(request, _("Kunjungan ini sudah ada di tempat itu."))
        return redirect("admin:outreach_need_change", need.pk)
    except booking.NoPlaceError as none:
        messages.error(request, _why(none, request))
    except publishing.PublishRefusedError:
        messages.error(request, slot_labels.none("newer"))
    return redirect("admin:visits_need_places", need.pk)
