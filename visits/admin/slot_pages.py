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
from visits.schedule.plans import booking, publishing, slot_labels, slot_offers
from visits.wording import labels


def _read_whole_number(request: HttpRequest, name: str) -> int:
    """A whole number of the form; -1 if it is not one, which names no slot."""
    text = pages.read_text(request.POST, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _get_need(need_id: UUID) -> Need:
    rows = Need.objects.select_related("resident__village__district").defer(
        "resident__village__boundary", "resident__village__district__boundary"
    )
    return get_object_or_404(rows, pk=need_id)


@pages.require_permissions("visits.view_plan", "outreach.view_need")
@require_GET
def slots_view(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """The best slot of each team-day, best first."""
    need = _get_need(need_id)
    trouble, found = "", []
    try:
        found = slot_offers.list_slot_offers(need=need)
    except slot_offers.NoPlaceError as none:
        trouble = slot_labels.describe_no_slot(none.code)
    visit: Visit | None = placement.find_open_visit(need)
    return pages.render_page(
        request,
        "admin/visits/plan/places.html",
        model=Plan,
        title=_("Kapan bisa dikunjungi?"),
        need=need,
        visit=visit,
        mark=placement.placement_mark(visit),
        told=formats.format_interval(*arrival_intervals.interval_told(visit)) if visit else "",
        trouble=trouble,
        offers=[
            {
                "offer": offer,
                "price": slot_labels.describe_slot_price(offer.slot, moved=len(offer.moved)),
                "told": formats.format_interval(*offer.told),
                "moved": [
                    (
                        other,
                        labels.format_clocks(*arrival_intervals.interval_told(other)),
                        labels.format_clocks(*now),
                    )
                    for other, now in offer.moved
                ],
            }
            for offer in found
            if visit is None
            or (offer.shift.pk, offer.told) != (visit.shift_id, arrival_intervals.interval_told(visit))
        ],
    )


def _describe_refusal(none: slot_offers.NoPlaceError, request: HttpRequest) -> str:
    found = placement.find_placement(none.visit) if none.visit is not None else None
    return (
        slot_labels.describe_placement(found, mine=found.user == pages.staff_user(request).pk)
        if found
        else slot_labels.describe_no_slot(none.code)
    )


@pages.require_permissions("visits.view_plan", "visits.publish_plan", "outreach.view_need")
@require_POST
def take_slot_view(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """Take a slot: the team-day is published again with the visit in it."""
    need = _get_need(need_id)
    asked = [_read_whole_number(request, name) for name in ("jadwal", "urutan", "mulai")]
    try:
        if booking.book_slot(
            need=need,
            shift=asked[0],
            position=asked[1],
            start_s=asked[2],
            shown=pages.read_text(request.POST, "dari"),
            offered=pages.read_text(request.POST, "tanda"),
            user=pages.staff_user(request),
        ):
            messages.success(
                request, _("Kunjungan dijadwalkan. Kabari keluarganya; tablet tim mengambil jadwal baru.")
            )
        else:
            messages.info(request, _("Kunjungan ini sudah ada di tempat itu."))
        return redirect("admin:outreach_need_change", need.pk)
    except slot_offers.NoPlaceError as none:
        messages.error(request, _describe_refusal(none, request))
    except publishing.PublishRefusedError:
        messages.error(request, slot_labels.describe_no_slot("newer"))
    return redirect("admin:visits_need_places", need.pk)
