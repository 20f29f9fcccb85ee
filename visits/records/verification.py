"""Verification of stored captures by the worker: decrypt, check, then accept or put under review.

A leased job of `ops.leased_jobs` in the capture's state row. Everything that follows from the result happens
in one transaction.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from outreach import vault
from outreach.enums import Milestone, NeedState
from outreach.models import Need
from outreach.services import progress
from outreach.services.transitions import transition
from visits.appointments import lifecycle
from visits.centre import outbox
from visits.enums import CaptureStage, DeviceState, Outcome, ReceiptKind, ReviewReason, VisitState
from visits.keys import key_files, sealing
from visits.lib import strict_json
from visits.models import Capture, CaptureContent, CaptureState, Receipt, Visit
from visits.ops import job_kinds, leased_jobs
from visits.ops.job_kinds import VERIFICATION
from visits.records import decrypt, receipts, record_parts

AT_ONCE = 50
ACTOR = "system"


def verify_waiting_captures() -> int:
    """Verify stored captures that nobody works on; how many were taken up."""
    waiting = job_kinds.find_free(VERIFICATION).order_by("stored_at")
    ids = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    return sum(verify_capture_record(capture_id=pk) for pk in ids)


def verify_capture_record(*, capture_id: UUID) -> bool:
    """Verify one capture, or put it before a person where it has been tried too often. False where it is not
    waiting, or somebody has it in hand."""
    token = leased_jobs.claim_job(VERIFICATION, pk=capture_id)
    if token is None:
        return bool(leased_jobs.give_up(VERIFICATION, pk=capture_id, hand_over=_hand_over))
    capture = _capture(capture_id)
    held = job_kinds.find_held(VERIFICATION, pk=capture_id, token=token)
    try:
        with leased_jobs.LeaseHolder(VERIFICATION, pk=capture_id, token=token):
            opened = decrypt.decrypt_capture(capture)
        _finish_verification(capture=capture, opened=opened, rows=held)
    except Exception as error:
        outside = isinstance(error, OSError | key_files.KeyMissingError)  # not the record's fault
        leased_jobs.release_for_retry(
            VERIFICATION,
            pk=capture_id,
            token=token,
            attempts=capture.status.attempts,
            error=error,
            at_fault=not outside,
        )
        if not outside:
            raise
    return True


def _capture(capture_id: UUID) -> Capture:
    rows = Capture.objects.select_related(
        "status", "device", "officer", "key", "visit__shift", "visit__need__resident__key"
    )
    return rows.get(pk=capture_id)


def _hand_over(status: CaptureState, rows: QuerySet[CaptureState]) -> bool:
    """A record that has spent its attempts (it has killed its worker each time) waits for a person."""
    opened = decrypt.DecryptedCapture(reasons=(ReviewReason.NOT_OPENED,))
    return _finish_verification(capture=_capture(status.pk), opened=opened, rows=rows)


@transaction.atomic
def _finish_verification(
    *, capture: Capture, opened: decrypt.DecryptedCapture, rows: QuerySet[CaptureState]
) -> bool:
    """Write the result where the capture is still among `rows`; False where another worker was faster."""
    now = timezone.now()
    need = lock_need(capture)
    reasons = [*opened.reasons, *_review_reasons(capture, need, opened)]
    stage = CaptureStage.REVIEW if reasons else CaptureStage.ACCEPTED
    codes = [str(reason) for reason in reasons]
    if not transition(
        row=capture.status,
        to=stage,
        actor=ACTOR,
        action="capture_verified",
        reason={"reasons": codes, "opened": opened.holds},
        sources=(CaptureStage.STORED,),
        among=rows,
        reasons=codes,
        verified_at=now,
        lease_until=None,
        try_after=None,
        error="",
    ):
        return False
    if opened.holds:
        _keep_content(capture=capture, opened=opened, at=now)
    if stage == CaptureStage.ACCEPTED:
        follow_acceptance(capture=capture, need=need, at=now, actor=ACTOR)
    elif need is not None:
        _put_need_under_review(capture=capture, need=need, at=now)
    return True


def lock_need(capture: Capture) -> Need | None:
    """Lock the capture's need and its visits, in the order that publishing uses. None if the visit is
    unknown."""
    if capture.visit is None:
        return None
    need_id = capture.visit.need_id
    list(Visit.objects.select_for_update().filter(need=need_id).order_by("pk").values_list("pk"))
    return Need.objects.select_for_update().get(pk=need_id)


def follow_acceptance(*, capture: Capture, need: Need | None, at: datetime, actor: str) -> None:
    """Effects of an accepted capture: enqueue it for the centre, cancel other visits of the need, mark it
    RECORDED."""
    outbox.enqueue_capture(capture=capture, at=at, actor=actor)
    if need is None or capture.visit is None:
        return
    # nobody is sent once more to somebody who is recorded
    again = Visit.objects.filter(need=need, state=VisitState.PUBLISHED).exclude(pk=capture.visit.pk)
    for visit in again.select_related("need"):
        lifecycle.cancel_visit(visit=visit, at=at, actor=actor, source=f"capture:{capture.pk}", tell=False)
    if transition(row=need, to=NeedState.RECORDED, actor=actor, reason={"capture": str(capture.pk)}):
        progress.record_progress(
            need=need, milestone=Milestone.RECORDED, at=at, source=f"capture:{capture.pk}"
        )


def _put_need_under_review(*, capture: Capture, need: Need, at: datetime) -> None:
    """Nobody is sent again to a home that may have been recorded already."""
    why = {"capture": str(capture.pk)}
    transition(row=need, to=NeedState.REVIEW, actor=ACTOR, sources=(NeedState.OPEN,), reason=why)
    if need.state in (NeedState.CAPTURED, NeedState.REVIEW):
        progress.record_progress(need=need, milestone=Milestone.REVIEW, at=at, source=f"capture:{capture.pk}")


def _keep_content(*, capture: Capture, opened: decrypt.DecryptedCapture, at: datetime) -> None:
    """Store the VERIFIED receipt and the content that a review needs, sealed under the person's key."""
    if not Receipt.objects.filter(capture=capture, kind=ReceiptKind.VERIFIED).exists():
        receipts.write_receipt(capture=capture, kind=ReceiptKind.VERIFIED, at=at)
    content = CaptureContent(capture=capture, key=capture.key)
    form = strict_json.canonical_json(opened.form)
    content.form_sealed = sealing.seal_reported(content, "form_sealed", form, key=capture.key)
    if opened.picture:
        content.face_sealed = sealing.seal_reported(content, "face_sealed", opened.picture, key=capture.key)
    content.save()


def _review_reasons(
    capture: Capture, need: Need | None, opened: decrypt.DecryptedCapture
) -> list[ReviewReason]:
    """Reasons to review a capture that decrypts and checks well."""
    found = list(opened.doubts)
    visit, officer, device = capture.visit, capture.officer, capture.device
    if visit is None or need is None:
        found.append(ReviewReason.VISIT_UNKNOWN)
    else:
        if visit.shift.team_id != device.team_id:
            found.append(ReviewReason.OTHER_TEAM)
        if visit.state == VisitState.CANCELLED:
            found.append(ReviewReason.VISIT_CANCELLED)
        if opened.sealed_at and _local_day(opened.sealed_at, capture) > visit.shift.date:
            found.append(ReviewReason.DAY_OVER)
        if visit.outcome not in ("", Outcome.RECORDED):
            found.append(ReviewReason.OUTCOME_DIFFERS)
        if need.state == NeedState.RECORDED:
            found.append(ReviewReason.NEED_RECORDED)
        if need.state == NeedState.CLOSED:
            found.append(ReviewReason.NEED_CLOSED)
        others = CaptureState.objects.filter(
            capture__visit=visit, stage__in=(CaptureStage.ACCEPTED, CaptureStage.REVIEW)
        )
        if others.exclude(pk=capture.pk).exists():
            found.append(ReviewReason.ANOTHER_CAPTURE)
        resident = visit.need.resident
        known, told = vault.unseal_field(resident, "nik"), opened.form.get("nik")
        if known and told and known != told:
            found.append(ReviewReason.NIK_DIFFERS)
    if record_parts.has_unwanted_biometrics(opened.form):
        found.append(ReviewReason.BIOMETRIC_UNWANTED)
    if capture.status.revoked or device.state != DeviceState.ACTIVE:
        found.append(ReviewReason.DEVICE_REVOKED)
    if officer is None or not officer.is_active or officer.team_id != device.team_id:
        found.append(ReviewReason.OFFICER_UNKNOWN)
    return found


def _local_day(sealed_at: datetime, capture: Capture) -> date:
    """The office's day on which a record was sealed; a clock that runs ahead cannot be later than the receipt."""
    return timezone.localdate(min(sealed_at, capture.received_at))
