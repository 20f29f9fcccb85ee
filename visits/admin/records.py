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

from outreach.enums import Relation
from outreach.lib.crypto import SealError
from outreach.lib.nik import mask_nik
from outreach.services import log
from visits.admin import carried, pages
from visits.enums import CaptureStage, ReviewReason
from visits.models import Capture, CaptureContent
from visits.records import record_lists, reviews
from visits.records.record_parts import recording_way
from visits.wording import exception_words, labels

DECISIONS = {
    "terima": reviews.accept_capture,
    "sisihkan": reviews.set_capture_aside,
    "tinjau": reviews.take_capture_up_again,
    "buka": reviews.retry_capture,
}
SEE = "visits.view_capturecontent"


def _get_capture(capture_id: UUID) -> Capture:
    rows = Capture.objects.select_related(
        "status", "device__team", "officer", "visit__need__resident__village", "visit__shift__team", "outbox"
    )
    return get_object_or_404(rows.prefetch_related("receipts"), pk=capture_id)


@pages.require_permissions("visits.view_capture")
@require_GET
def capture_list_view(request: HttpRequest) -> HttpResponse:
    stage = request.GET.get("keadaan", CaptureStage.REVIEW)
    stage = stage if stage in CaptureStage.values else CaptureStage.REVIEW
    counts = record_lists.count_by_stage()
    return pages.render_page(
        request,
        "admin/visits/capture/list.html",
        model=Capture,
        title=_("Rekaman"),
        stage=stage,
        tabs=[(one.value, one.label, counts[one.value]) for one in CaptureStage],
        page=record_lists.list_captures(stage=stage, number=pages.page_number(request)),
        words=dict(ReviewReason.choices),
    )


def _format_birth_date(told: str) -> str:
    """The birth date in words; as typed if it is not a valid date."""
    try:
        return formats.date_format(date.fromisoformat(told), "j F Y")
    except ValueError:
        return told


def _name_relation(attorney: dict[str, Any]) -> str:
    """What the signer is to the resident, in words; as told where it is none of ours."""
    told = str(attorney.get("relation", ""))
    return str(dict(Relation.choices).get(told, told))


def _reveal_content(request: HttpRequest, capture: Capture) -> dict[str, Any]:
    """The decrypted form with a masked NIK, for users with the permission. Leaves a log row."""
    if not request.user.has_perm(SEE):
        return {}
    try:
        form = reviews.reveal_form(capture=capture, actor=log.actor_of(pages.staff_user(request)))
    except CaptureContent.DoesNotExist:
        return {"unopened": True}
    except SealError:
        return {"erased": True}
    return {
        "form": form,
        "way": recording_way(form),
        "exceptions": exception_words.describe_exceptions(form),
        "relation": _name_relation(form.get("attorney") or {}),
        "nik": mask_nik(form.get("nik") or ""),
        "born": _format_birth_date(form.get("birth_date") or ""),
    }


@pages.require_permissions("visits.view_capture")
@never_cache
@require_GET
def capture_view(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    capture = _get_capture(capture_id)
    return pages.render_page(
        request,
        "admin/visits/capture/capture.html",
        model=Capture,
        title=_("Rekaman, %(day)s") % {"day": labels.format_day(capture.day)},
        capture=capture,
        reasons=[ReviewReason(reason).label for reason in capture.status.reasons],
        others=record_lists.list_captures_of_need(capture),
        opened=CaptureContent.objects.filter(pk=capture.pk).exists(),
        **_reveal_content(request, capture),
    )


@pages.require_permissions(SEE)
@never_cache
@require_GET
def face_image_view(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    """The photo of the face."""
    try:
        data = reviews.unseal_face(_get_capture(capture_id))
    except (CaptureContent.DoesNotExist, SealError):
        raise Http404 from None
    if not data:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@pages.require_permissions("visits.change_capture")
@require_POST
def decide_capture_view(request: HttpRequest, capture_id: UUID) -> HttpResponse:
    capture = _get_capture(capture_id)
    decision = DECISIONS.get(request.POST.get("keputusan", ""))
    if decision is None:
        raise Http404
    user = pages.staff_user(request)
    note = pages.read_text(request.POST, "catatan")[:300]
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
        ("", capture_list_view, "changelist"),
        ("terima/", carried.take_bundle_view, "carried"),
        ("<uuid:capture_id>/change/", capture_view, "change"),
        ("<uuid:capture_id>/wajah/", face_image_view, "face"),
        ("<uuid:capture_id>/putuskan/", decide_capture_view, "decide"),
    ]
