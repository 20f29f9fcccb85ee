"""Events under review, in the admin."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from outreach.forms.fields import describe_phone_problem
from outreach.lib.crypto import SealError
from outreach.lib.phone import PhoneError
from outreach.services import log
from visits.admin import pages
from visits.appointments import phones
from visits.fieldwork import corrections, event_content, events
from visits.models import Event, EventStatus
from visits.records import record_lists

REASONS = {
    event_content.REVOKED: gettext_lazy("Izin tablet sudah dicabut"),
    event_content.NO_VISIT: gettext_lazy("Kunjungan tidak dikenal pada tim ini"),
    event_content.OFFICER: gettext_lazy("Petugas tidak dikenal atau tidak aktif"),
    event_content.CANCELLED: gettext_lazy("Kunjungan sudah dibatalkan"),
    event_content.CONTRADICTION: gettext_lazy("Hasil kunjungan dilaporkan berbeda"),
    event_content.CONTACT: gettext_lazy("Kontak warga diperbaiki petugas"),
    event_content.FAR: gettext_lazy("Lokasi jauh dari desanya"),
    event_content.ASKED: gettext_lazy("Data warga lain belum bisa menjadi permohonan"),
    event_content.DAY: gettext_lazy("Jam tablet tidak cocok dengan hari kerjanya"),
    "": gettext_lazy("Isian tidak terbaca"),
}


WORDS = {
    "name": gettext_lazy("Nama"),
    "phone": gettext_lazy("Telepon"),
    "note": gettext_lazy("Catatan"),
    "text": gettext_lazy("Catatan"),
    "lat": gettext_lazy("Lintang"),
    "lon": gettext_lazy("Bujur"),
    "accuracy_m": gettext_lazy("Ketelitian (m)"),
    "capture": gettext_lazy("Rekaman"),
    "day": gettext_lazy("Hari kerja"),
    "carried": gettext_lazy("Rumah di dalam berkas"),
}


def _describe_event(data: Any) -> list[tuple[Any, Any]]:
    """Label and value of what the tablet reported, but for what is not shown here."""
    if not isinstance(data, dict):
        return []
    hidden = ("outcome", "nik")  # a line of its own; shown nowhere without a note of who looked
    return [(WORDS.get(name, name), value) for name, value in data.items() if name not in hidden]


@pages.require_permissions("visits.view_eventstatus")
@require_GET
def event_list_view(request: HttpRequest) -> HttpResponse:
    page = record_lists.list_events_to_review(number=pages.page_number(request))
    return pages.render_page(
        request,
        "admin/visits/event/list.html",
        model=EventStatus,
        title=_("Laporan tablet yang perlu diperiksa"),
        page=page,
        rows=[(row, REASONS.get(row.reason, row.reason)) for row in page],
    )


def _note_decision(request: HttpRequest, event: Event) -> bool:
    """Store the decision about an event. False with a message if it could not be stored."""
    user = pages.staff_user(request)
    decision: dict[str, Any] = {
        "user": user,
        "actor": log.actor_of(user),
        "note": pages.read_text(request.POST, "catatan")[:300],
    }
    takes_over = request.POST.get("keputusan") == "pakai" and corrections.awaits_decision(event)
    try:
        done = (corrections.take_over_contact if takes_over else events.mark_looked_at)(
            event=event, **decision
        )
    except PhoneError as error:
        said = _("Nomor yang dilaporkan petugas tidak dipakai: %s Tanyakan kepada petugas.")
        messages.error(request, said % describe_phone_problem(error))
        return False
    except SealError:
        messages.error(request, _("Data warga ini sudah dihapus."))
        return False
    if not done:
        messages.info(request, _("Kejadian ini sudah diperiksa sebelumnya."))
    elif takes_over:
        messages.success(request, _("Kontak warga diganti dengan yang dilaporkan petugas."))
    else:
        messages.success(request, _("Kejadian ditandai sudah diperiksa."))
    return True


@pages.require_permissions("visits.view_eventstatus", to_post="visits.change_eventstatus")
@never_cache
@require_http_methods(["GET", "POST"])
def event_view(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One event with all that the tablet sent; POST stores what a person did about it."""
    rows = Event.objects.select_related(
        "status",
        "device__team",
        "officer",
        "key",
        "visit__need__resident__village",
        "visit__need__resident__key",
        "visit__shift",
    )
    event = get_object_or_404(rows, pk=event_id)
    if request.method == "POST" and _note_decision(request, event):
        return redirect("admin:visits_eventstatus_changelist")
    try:
        content = event_content.unseal_event(event)
    except SealError:
        content = {}
    corrects = bool(content) and corrections.awaits_decision(event)
    said = content.get("data")
    told = str(said.get("phone") or "") if isinstance(said, dict) else ""
    phones.log_phone_look(subject=event, numbers=[told], user=pages.staff_user(request))
    return pages.render_page(
        request,
        "admin/visits/event/event.html",
        model=EventStatus,
        title=event.get_kind_display() or _("Kejadian tidak terbaca"),
        event=event,
        reason=REASONS.get(event.status.reason, event.status.reason),
        said=_describe_event(said),
        position=content.get("position"),
        erased=not content,
        corrects=corrects,
        known=corrections.describe_known_contact(event) if corrects else "",
        status=422 if request.method == "POST" else 200,
    )


@admin.register(EventStatus)
class EventStatusAdmin(pages.Pages):
    pages = [("", event_list_view, "changelist"), ("<uuid:event_id>/change/", event_view, "change")]
