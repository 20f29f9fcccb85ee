"""Captures in the admin: the state of each, why one is under review, and the decision."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from outreach.lib.crypto import SealError
from outreach.lib.nik import masked
from outreach.services import log
from visits.admin import carried, pages
from visits.enums import CaptureStage, ReviewReason
from visits.models import Capture, CaptureContent
from visits.records import record_lists, reviews
from visits.wording import labels

DECISIONS = {
    "terima": reviews.accept,
    "sisihkan": reviews.set_aside,
    "tinjau": reviews.take_up_again,
    "buka": reviews.open_again,
}
SEE = "visits.view_capturecontent"


def _capture(capture_id: UUID) -> Capture:
    rows = Capture.objects.select_related(
        "status", "device__team", "officer", "visit__need__resident__village", "visit__shift__team", "outbox"
    )
    return get_object_or_404(rows.prefetch_related("receipts"), pk=capture_id)


@pages.needs("visits.view_capture")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    stage = request.GET.get("keadaan", CaptureStage.REVIEW)
    stage = stage if stage in CaptureStage.values else CaptureStage.REVIEW
    counts = record_lists.stages()
    return pages.page(
        request,
        "admin/visits/capture/list.html",
        model=Capture,
        title=_("Rekaman"),
        stage=stage,
        tabs=[(one.value, one.label, counts[one.value]) for one in CaptureStage],
        page=record_lists.captures(stage=stage, number=pages.number(request)),
        words=dict(ReviewReason.choices),
    )


def _born(told: str) -> str:
    """The birth date in words; as typed if it is not a valid date."""
    try:
        return formats.date_format(date.fromisoformat(told), "j F Y")
    except ValueError:
        return told


def _content(request: HttpRequest, capture: Capture) -> dict[str, Any]:
    """The decrypted form with a masked NIK, for users with the permission. Leaves a log row."""
    if not request.user.has_perm(SEE):
        return {}
    try:
        form = reviews.look(capture=capture, actor=log.actor_of(pages.who(request)))
    except CaptureContent.DoesNotExist:
        return {"unopened": True}
    except SealError:
        return {"erased": True}
    return {"form": form, "nik": masked(form.get("nik") or ""), "born": _born(form.get("birth_date") or "")}


@pages.needs("visits.view_capture")
@never_cache
@require_GET
def one(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    capture = _capture(capture_id)
    return pages.page(
        request,
        "admin/visits/capture/capture.html",
        model=Capture,
        title=_("Rekaman, %(day)s") % {"day": labels.day_name(capture.day)},
        capture=capture,
        reasons=[ReviewReason(reason).label for reason in capture.status.reasons],
        others=record_lists.others_of(capture),
        opened=CaptureContent.objects.filter(pk=capture.pk).exists(),
        **_content(request, capture),
    )


@pages.needs(SEE)
@never_cache
@require_GET
def face(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    """The photo of the face."""
    try:
        data = reviews.face(_capture(capture_id))
    except (CaptureContent.DoesNotExist, SealError):
        raise Http404 from None
    if not data:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@pages.needs("visits.change_capture")
@require_POST
def decide(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    capture = _capture(capture_id)
    decision = DECISIONS.get(request.POST.get("keputusan", ""))
    if decision is None:
        raise Http404
    user = pages.who(request)
    note = pages.text(request.POST, "catatan")[:300]
    if decision(capture=capture, user=user, actor=log.actor_of(user), note=note):
        messages.success(request, _("Keputusan disimpan."))
    else:
        messages.info(
            request, _("Rekaman ini sudah diputuskan, atau belum pernah terbuka. Lihat keadaannya.")
        )
    return redirect("admin:visits_capture_change", capture.pk)


@admin.register(Capture)
class CaptureAdmin(pages.Pages):
    pages = [
        ("", index, "changelist"),
        ("terima/", carried.take, "carried"),
        ("<uuid:capture_id>/change/", one, "change"),
        ("<uuid:capture_id>/wajah/", face, "face"),
        ("<uuid:capture_id>/putuskan/", decide, "decide"),
    ]
