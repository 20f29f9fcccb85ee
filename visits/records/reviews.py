"""Decisions about captures under review. No capture is deleted; a rejected one is set aside."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from outreach.enums import NeedState
from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import CaptureStage
from visits.keys import sealing
from visits.lib import strict_json
from visits.models import Capture, CaptureContent, CaptureState
from visits.records import verification


def _decide(
    *,
    capture: Capture,
    source: CaptureStage,
    to: CaptureStage,
    user: Any,
    actor: str,
    note: str,
    **fields: Any,
) -> bool:
    return transition(
        row=capture.status,
        to=to,
        actor=actor,
        sources=(source,),
        reviewed_by=user,
        reviewed_at=timezone.now(),
        note=note,
        **fields,
    )


@transaction.atomic
def accept_capture(*, capture: Capture, user: Any, actor: str, note: str) -> bool:
    """Accept the capture. False if it was decided before or was never decrypted."""
    need = verification.lock_need(capture)
    if not CaptureContent.objects.filter(capture=capture).exists():
        return False
    review, accepted = CaptureStage.REVIEW, CaptureStage.ACCEPTED
    if not _decide(capture=capture, source=review, to=accepted, user=user, actor=actor, note=note):
        return False
    verification.follow_acceptance(capture=capture, need=need, at=timezone.now(), actor=actor)
    return True


@transaction.atomic
def set_capture_aside(*, capture: Capture, user: Any, actor: str, note: str) -> bool:
    """Set the capture aside, for example as a duplicate; its need goes to review. False if it was decided
    before."""
    need = verification.lock_need(capture)
    review, aside = CaptureStage.REVIEW, CaptureStage.SET_ASIDE
    if not _decide(capture=capture, source=review, to=aside, user=user, actor=actor, note=note):
        return False
    others = CaptureState.objects.filter(capture__visit__need=need).exclude(pk=capture.pk)
    waiting = others.filter(stage__in=(CaptureStage.STORED, CaptureStage.REVIEW))
    if need is not None and not waiting.exists():
        captured, why = (NeedState.CAPTURED,), {"capture": str(capture.pk)}
        transition(row=need, to=NeedState.REVIEW, actor=actor, sources=captured, reason=why)
    return True


@transaction.atomic
def take_capture_up_again(*, capture: Capture, user: Any, actor: str, note: str) -> bool:
    """Put a capture that was set aside under review again."""
    aside, review = CaptureStage.SET_ASIDE, CaptureStage.REVIEW
    return _decide(capture=capture, source=aside, to=review, user=user, actor=actor, note=note)


@transaction.atomic
def retry_capture(*, capture: Capture, user: Any, actor: str, note: str) -> bool:
    """Verify a capture again, after a key was found or an error repaired."""
    review, stored = CaptureStage.REVIEW, CaptureStage.STORED
    changed = _decide(
        capture=capture,
        source=review,
        to=stored,
        user=user,
        actor=actor,
        note=note,
        attempts=0,
        try_after=None,
    )
    if changed:
        async_task("visits.tasks.verify_capture", str(capture.pk))
    return changed


def unseal_form(capture: Capture) -> dict[str, Any]:
    """The decrypted form. Raises `outreach.lib.crypto.SealError` if its person was erased."""
    content = CaptureContent.objects.select_related("key").get(pk=capture.pk)
    raw = sealing.unseal_reported(content, "form_sealed", bytes(content.form_sealed), key=content.key)
    return dict(strict_json.parse_json(raw))


def reveal_form(*, capture: Capture, actor: str) -> dict[str, Any]:
    """The decrypted form, with a log row that somebody looked at it."""
    found = unseal_form(capture)
    log.write_log(actor=actor, action="capture_seen", subject=capture)
    return found


def unseal_face(capture: Capture) -> bytes:
    """The photo of the face, or of the handing over, as JPEG; empty if there is none."""
    content = CaptureContent.objects.select_related("key").get(pk=capture.pk)
    if not content.face_sealed:
        return b""
    return sealing.unseal_reported(content, "face_sealed", bytes(content.face_sealed), key=content.key)
