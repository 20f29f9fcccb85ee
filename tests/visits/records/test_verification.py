"""The worker's step: opened, checked, accepted or put before a person."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django_q.models import OrmQ

from outreach import vault
from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.models import LogEntry, Progress
from outreach.services import triage
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support.tablet import JPEG, PNG, Tablet, client_send
from tests.support.wait import wait_until
from visits import tasks
from visits.api import throttles
from visits.enums import CaptureStage, KeyRole, KeyState
from visits.keys import key_files, office_keys
from visits.lib import jose
from visits.models import Capture, CaptureContent, CaptureState, Device, OutboxItem, PublicKey, Receipt, Visit
from visits.ops.job_kinds import VERIFICATION
from visits.records import reviews, stored_chunks, verification
from visits.tablets import devices

if TYPE_CHECKING:
    from tests.support.stack import Stack

pytestmark = pytest.mark.django_db


def _verify(sealed):
    tasks.verify_capture(sealed.id)
    return CaptureState.objects.select_related("capture").get(pk=sealed.id)


def test_storing_rings_for_the_worker_with_the_id_only(tablet, sealed):
    tablet.upload(sealed)
    (task,) = [item.task for item in OrmQ.objects.all()]
    assert (task["func"], task["args"]) == ("visits.tasks.verify_capture", (sealed.id,))


def test_a_good_record_is_accepted_with_everything_that_follows(tablet, sealed, visit):
    tablet.upload(sealed)
    status = _verify(sealed)

    assert (status.stage, status.reasons, status.attempts, status.lease_until) == ("accepted", [], 1, None)
    item = OutboxItem.objects.get()
    assert (item.capture_id, item.state, item.reference) == (
        status.pk,
        "queued",
        f"JB-{sealed.id.replace('-', '')}",
    )
    visit.need.refresh_from_db()
    assert visit.need.state == NeedState.RECORDED
    progress = Progress.objects.get(milestone=Milestone.RECORDED)
    assert progress.source == f"capture:{sealed.id}"
    assert [e.action for e in LogEntry.objects.filter(subject_id=sealed.id)] == [
        "capture_offered",
        "capture_stored",
        "capture_verified",
    ]


def test_a_record_of_somebody_who_died_meanwhile_waits_for_no_card(tablet, sealed, visit):
    tablet.upload(sealed)
    type(visit.need).objects.filter(pk=visit.need_id).update(state=NeedState.CAPTURED)
    triage.close_need(need=visit.need, reason=ClosedReason.DECEASED, actor="user:1")

    _verify(sealed)

    visit.need.refresh_from_db()
    assert visit.need.state == NeedState.CLOSED
    assert [row.milestone for row in visit.need.progress.all()][-1] == Milestone.CLOSED


def test_the_verified_receipt_is_signed_by_the_worker_alone(tablet, sealed):
    tablet.upload(sealed)
    _verify(sealed)
    (state,) = tablet.status(sealed.id)
    assert state["state"] == "queued"
    token = state["receipts"]["verified"]
    worker = next(key for key in tablet.me()["server_keys"] if key["role"] == "worker")
    receipt = jose.verify_jws(
        token, typ="jb-receipt+jws", key=jose.import_public(worker["jwk"]), kid=worker["kid"]
    )
    assert (receipt["kind"], receipt["manifest_sha256"]) == ("verified", sealed.sha256)


def test_the_review_copy_is_sealed_under_the_persons_key_and_goes_with_it(tablet, sealed, visit):
    tablet.upload(sealed)
    _verify(sealed)
    capture = Capture.objects.get()
    content = CaptureContent.objects.get()
    assert content.key == visit.need.resident.key
    assert b"Warga" not in bytes(content.form_sealed)
    assert reviews.unseal_form(capture)["name"] == "Warga Contoh"
    assert reviews.unseal_face(capture) == JPEG
    vault.destroy_key(visit.need.resident.key)
    with pytest.raises(ValueError, match="destroyed"):
        reviews.unseal_form(capture)


def test_a_repeat_of_the_task_changes_nothing(tablet, sealed):
    tablet.upload(sealed)
    _verify(sealed)
    receipts = list(Receipt.objects.values_list("kind", "jws"))
    assert verification.verify_capture_record(capture_id=Capture.objects.get().pk) is False
    assert verification.verify_waiting_captures() == 0
    assert list(Receipt.objects.values_list("kind", "jws")) == receipts
    assert OutboxItem.objects.count() == 1


def test_the_minute_schedule_finds_what_the_queue_lost(tablet, sealed):
    tablet.upload(sealed)
    OrmQ.objects.all().delete()
    tasks.verify_waiting()
    assert CaptureState.objects.get().stage == "accepted"


def test_a_lease_keeps_a_second_worker_away_until_it_runs_out(tablet, sealed, clock):
    tablet.upload(sealed)
    CaptureState.objects.update(lease_until=clock.now() + VERIFICATION.lease(), attempts=1)
    assert verification.verify_waiting_captures() == 0
    with clock.at(clock.now() + VERIFICATION.lease() + timedelta(seconds=1)):
        assert verification.verify_waiting_captures() == 1
    assert CaptureState.objects.get().attempts == 2


def test_a_record_that_kills_its_worker_is_put_before_a_person(tablet, sealed):
    tablet.upload(sealed)
    CaptureState.objects.update(attempts=VERIFICATION.max_attempts)
    status = _verify(sealed)
    assert (status.stage, status.reasons) == ("review", ["not_opened"])
    assert not Receipt.objects.filter(kind="verified").exists()


def test_a_missing_private_key_is_waited_for(tablet, sealed, clock):
    tablet.upload(sealed)
    path = next(key_files.key_directory(KeyRole.CAPTURE).glob("capture-*.json"))
    hidden = path.with_suffix(".away")
    path.rename(hidden)
    key_files.read_key.cache_clear()
    status = _verify(sealed)
    assert (status.stage, status.error, status.attempts) == ("stored", "KeyMissingError", 0)
    hidden.rename(path)
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert verification.verify_waiting_captures() == 1
    assert CaptureState.objects.get().stage == "accepted"


def test_a_chunk_that_cannot_be_read_is_tried_again(tablet, sealed, clock):
    tablet.upload(sealed)
    device = Device.objects.get()
    sha = next(iter(sealed.chunks))
    stored_chunks.chunk_path(device, sha).unlink()
    assert _verify(sealed).error == "FileNotFoundError"
    stored_chunks.chunk_path(device, sha).write_bytes(sealed.chunks[sha])
    with clock.at(clock.now() + timedelta(minutes=3)):
        verification.verify_waiting_captures()
    assert CaptureState.objects.get().stage == "accepted"


@pytest.fixture
def handed_in(tablet, visit, officer, capture_key):
    """Hands in a capture made with these changes and verifies it; gives the state."""

    def hand_in(**changes):
        sealed = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, **changes)
        assert tablet.upload(sealed).status == 201
        return _verify(sealed)

    return hand_in


@pytest.mark.parametrize(
    "form",
    [
        {"version": "1"},
        {"consent": False},
        {"name": ""},
        {"nik": "123"},
        {"capture": "01900000-0000-7000-8000-000000000000"},
        {"visit": "01900000-0000-7000-8000-000000000000"},
        {"exceptions": [{"what": "photo"}]},
    ],
)
def test_a_form_of_another_shape_is_put_before_a_person(handed_in, form):
    status = handed_in(form=form)
    assert (status.stage, status.reasons) == ("review", ["form_invalid"])
    assert not Receipt.objects.filter(kind="verified").exists()
    assert not OutboxItem.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"form": {"consent": False}}, {"parts": {"photo": JPEG}}, {"form": {"name": ""}}]
)
def test_what_was_a_draft_when_the_tablet_was_revoked_is_named_as_half_done(handed_in, changes):
    changes["form"] = {**changes.get("form", {}), "half": True}
    status = handed_in(**changes)
    assert (status.stage, status.reasons) == ("review", ["half_record"])
    assert not CaptureContent.objects.exists()  # nobody has agreed to its being read


def test_a_draft_that_was_complete_is_a_record(handed_in):
    assert handed_in(form={"half": True}).stage == "accepted"


def test_a_form_of_a_version_we_do_not_know_yet_is_taken(handed_in):
    assert handed_in(form={"version": 7, "something_new": [1]}).stage == "accepted"


def test_hashes_of_the_plain_parts_must_hold(handed_in):
    told = {"photo": {"sha256": "0" * 64, "size": len(JPEG), "type": "image/jpeg"}}
    told["signature"] = {"sha256": hashlib.sha256(PNG).hexdigest(), "size": len(PNG), "type": "image/png"}
    assert handed_in(form={"parts": told}).reasons == ["bytes_differ"]


def test_a_photo_that_is_no_photo_is_put_before_a_person(handed_in):
    assert handed_in(parts={"photo": b"<html>", "signature": PNG}).reasons == ["form_invalid"]


def test_a_missing_signature_needs_its_exception(handed_in, visit):
    assert handed_in(parts={"photo": JPEG}).reasons == ["form_invalid"]


def test_a_signature_that_cannot_be_given_is_an_exception(handed_in):
    exception = {"what": "signature", "reason": "cannot", "note": ""}
    assert handed_in(parts={"photo": JPEG}, form={"exceptions": [exception]}).stage == "accepted"


def test_a_part_sealed_for_another_capture_does_not_open(tablet, visit, officer, capture_key):
    args = {"visit": str(visit.pk), "officer": officer.pk, "capture_key": capture_key}
    donor, taker = tablet.seal(**args), tablet.seal(**args)
    payload = {**taker.payload, "parts": donor.payload["parts"]}
    taker.manifest, taker.chunks = tablet.sign(payload, "jb-manifest+jws"), donor.chunks
    tablet.upload(taker)
    assert _verify(taker).reasons == ["not_opened"]


def test_a_manifest_that_tells_another_size_is_put_before_a_person(tablet, sealed):
    part = {**sealed.payload["parts"][0], "size": 1}
    payload = {**sealed.payload, "parts": [part, *sealed.payload["parts"][1:]]}
    sealed.manifest = tablet.sign(payload, "jb-manifest+jws")
    tablet.upload(sealed)
    assert _verify(sealed).reasons == ["bytes_differ"]


def test_a_key_we_do_not_know_is_put_before_a_person(tablet, visit, officer):
    foreign = jose.new_ec_key()
    key = {"kid": foreign.kid, "jwk": jose.public_jwk(foreign)}
    sealed = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=key)
    assert tablet.upload(sealed).status == 201
    assert _verify(sealed).reasons == ["key_unknown"]


def test_a_key_rotated_while_the_tablet_was_away_still_opens(tablet, sealed):
    office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
    tablet.upload(sealed)
    assert _verify(sealed).stage == "accepted"
    assert PublicKey.objects.filter(role="capture", state=KeyState.OLD).count() == 1


def test_circumstances_that_a_person_must_see(handed_in, visit):
    first = handed_in()
    second = handed_in()
    assert first.stage == "accepted"
    assert second.reasons == ["need_recorded", "another_capture"]
    assert Receipt.objects.filter(kind="verified").count() == 2
    assert OutboxItem.objects.count() == 1


def test_a_cancelled_visit(handed_in, visit):
    Visit.objects.update(state="cancelled")
    visit.need.__class__.objects.update(state=NeedState.OPEN)
    assert handed_in().reasons == ["visit_cancelled"]
    visit.need.refresh_from_db()
    assert visit.need.state == NeedState.REVIEW


def test_another_persons_nik(handed_in, visit):
    vault.seal_field(visit.need.resident, "nik", "3519015705500001")
    visit.need.resident.save()
    assert handed_in(form={"nik": "3519015705500002"}).reasons == ["nik_differs"]


def test_a_revoked_tablet(handed_in):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    assert handed_in().reasons == ["device_revoked"]


def test_a_visit_of_another_team_and_an_unknown_one(new_tablet, visit, capture_key):
    other = new_tablet(TeamFactory())
    unknown = "01900000-0000-7000-8000-000000000000"
    for identifier, reason in ((str(visit.pk), "other_team"), (unknown, "visit_unknown")):
        sealed = other.seal(visit=identifier, officer=10**9, capture_key=capture_key)
        other.upload(sealed)
        assert _verify(sealed).reasons == [reason, "officer_unknown"]


def test_a_person_accepts_once(handed_in, visit):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    capture = handed_in().capture
    done = [reviews.accept_capture(capture=capture, user=None, actor="user:1", note="ok") for _ in range(2)]
    assert done == [True, False]
    assert CaptureState.objects.get().stage == CaptureStage.ACCEPTED
    visit.need.refresh_from_db()
    assert visit.need.state == NeedState.RECORDED
    assert OutboxItem.objects.count() == 1


def test_what_was_never_opened_cannot_be_accepted_but_opened_again(handed_in):
    capture = handed_in(form={"name": ""}).capture
    assert reviews.accept_capture(capture=capture, user=None, actor="user:1", note="") is False
    assert reviews.retry_capture(capture=capture, user=None, actor="user:1", note="") is True
    assert CaptureState.objects.get().stage == "stored"


def test_what_is_set_aside_is_kept_and_may_be_taken_up_again(handed_in, visit):
    visit.need.__class__.objects.update(state=NeedState.CAPTURED)
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    capture = handed_in().capture
    assert reviews.set_capture_aside(capture=capture, user=None, actor="user:1", note="") is True
    visit.need.refresh_from_db()
    assert visit.need.state == NeedState.REVIEW
    assert reviews.take_capture_up_again(capture=capture, user=None, actor="user:1", note="") is True
    assert CaptureState.objects.get().stage == "review"


def test_erasing_the_person_first_leaves_the_record_to_a_person(tablet, sealed, visit):
    tablet.upload(sealed)
    vault.destroy_key(visit.need.resident.key)
    assert _verify(sealed).reasons == ["person_erased"]


def test_no_personal_data_in_the_log(handed_in):
    handed_in(form={"nik": "3519015705500002", "phone": "081299990000"})
    text = json.dumps(list(LogEntry.objects.values()), default=str)
    assert not any(word in text for word in ("3519015705500002", "081299990000", "Warga Contoh"))


def test_two_visits_of_one_need_do_not_mix(handed_in, visit):
    VisitFactory(shift=visit.shift)
    assert handed_in().stage == "accepted"


def test_a_record_of_a_visit_that_was_reported_in_vain(handed_in, tablet, visit, officer):
    tablet.events(tablet.event("outcome", visit=str(visit.pk), officer=officer.pk, outcome="not_home"))
    later = VisitFactory(shift=visit.shift, need=visit.need)
    capture = handed_in().capture
    assert CaptureState.objects.get().reasons == ["outcome_differs"]
    assert reviews.accept_capture(capture=capture, user=None, actor="user:1", note="")
    later.refresh_from_db()
    visit.need.refresh_from_db()
    assert (later.state, visit.need.state) == ("cancelled", NeedState.RECORDED)


def test_a_record_sealed_to_a_retired_key_opens_while_its_file_is_kept(tablet, sealed, capture_key):
    office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
    tablet.me()
    office_keys.retire_key(kid=capture_key["kid"], actor="user:1")
    tablet.upload(sealed)
    assert _verify(sealed).stage == "accepted"


def test_a_record_sealed_to_a_key_that_is_gone_waits_for_a_person(tablet, sealed, capture_key):
    office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
    tablet.me()
    office_keys.retire_key(kid=capture_key["kid"], actor="user:1")
    next(key_files.key_directory(KeyRole.CAPTURE).glob(f"*{capture_key['kid']}*")).unlink()
    key_files.read_key.cache_clear()
    tablet.upload(sealed)
    assert _verify(sealed).reasons == ["key_unknown"]


def test_waits_between_retries_have_jitter(tablet, sealed, clock):
    """A whole morning's records whose disk was away do not come back in the same second."""
    tablet.upload(sealed)
    next(iter(key_files.key_directory(KeyRole.CAPTURE).glob("capture-*.json"))).unlink()
    key_files.read_key.cache_clear()
    waits = set()
    before = clock.now()
    for _ in range(6):
        clock.move_to(before, tick=False)
        status = _verify(sealed)
        assert (status.stage, status.attempts, status.worker) == ("stored", 0, "")
        waits.add(status.try_after - before)
        before += VERIFICATION.retry_most
    assert len(waits) == 6
    assert all(timedelta() <= wait <= timedelta(minutes=2) for wait in waits)


def test_an_error_that_no_wait_mends_ends_with_a_person(tablet, sealed, clock):
    """A key file that is no key: five attempts, then nobody tries again by himself."""
    tablet.upload(sealed)
    next(key_files.key_directory(KeyRole.CAPTURE).glob("capture-*.json")).write_text("{")
    key_files.read_key.cache_clear()
    capture_id = Capture.objects.get().pk
    for attempt in range(1, VERIFICATION.max_attempts + 1):
        with pytest.raises(json.JSONDecodeError):
            verification.verify_capture_record(capture_id=capture_id)
        status = CaptureState.objects.get()
        assert (status.attempts, status.error) == (attempt, "JSONDecodeError")
        clock.move_to(clock.now() + VERIFICATION.retry_most)
    assert [verification.verify_waiting_captures() for _ in range(2)] == [1, 0]
    status = CaptureState.objects.get()
    assert (status.stage, status.reasons, status.attempts) == ("review", ["not_opened"], 5)
    assert verification.verify_capture_record(capture_id=capture_id) is False


@pytest.mark.journey
def test_a_slow_disk_does_not_lose_the_lease(make_stack: "Callable[[], Stack]", settings, monkeypatch):
    """A chunk that takes longer to read than the lease lasts; another worker asks all the time."""
    settings.ROOT_URLCONF = "tests.support.tablet_urls"
    throttles.reset_counts()
    short = replace(VERIFICATION, lease=lambda: timedelta(seconds=6))
    monkeypatch.setattr(verification, "VERIFICATION", short)
    rivals: list[bool] = []

    def read_slowly(pipe: Path, data: bytes, capture_id: UUID) -> None:
        try:
            wait_until(lambda: CaptureState.objects.filter(attempts=1).exists(), seconds=60)
            until = time.monotonic() + 9
            while time.monotonic() < until:
                rivals.append(verification.verify_capture_record(capture_id=capture_id))
                time.sleep(0.5)
            pipe.write_bytes(data)
        finally:
            connection.close()

    with make_stack().orm():
        shift = ShiftFactory()
        officer = OfficerFactory(team=shift.team)
        visit = VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED))
        office_keys.current_key(KeyRole.WORKER)
        key = office_keys.current_key(KeyRole.CAPTURE)
        tablet = Tablet(client_send(Client()))
        tablet.pair(devices.make_pairing_code(team=shift.team, user=None, actor="system")[0])
        sealed = tablet.seal(
            visit=str(visit.pk), officer=officer.pk, capture_key={"kid": key.kid, "jwk": key.jwk}
        )
        assert tablet.upload(sealed).status == 201
        sha, data = next(iter(sealed.chunks.items()))
        slow = stored_chunks.chunk_path(Device.objects.get(), sha)
        slow.unlink()
        os.mkfifo(slow)
        capture_id = Capture.objects.get().pk
        with ThreadPoolExecutor() as threads:
            disk = threads.submit(read_slowly, slow, data, capture_id)
            assert verification.verify_capture_record(capture_id=capture_id) is True
            disk.result()
        status = CaptureState.objects.get()
    assert (status.stage, status.attempts) == ("accepted", 1)
    assert set(rivals) == {False}


@pytest.mark.parametrize(
    ("late_h", "offset_h", "reasons"),
    [(0, None, []), (30, None, ["day_over"]), (30, -30, []), (-5000, None, []), (5000, -4970, ["day_over"])],
    ids=["same-day", "later", "clock-ahead", "clock-behind", "later-by-a-wrong-clock"],
)
def test_a_record_sealed_after_its_day_waits_for_a_person(handed_in, shift, clock, late_h, offset_h, reasons):
    wall = clock.now() + timedelta(hours=late_h)
    offset = None if offset_h is None else offset_h * 3_600_000
    clock.shift(30 * 3600)  # when it comes to the office

    status = handed_in(manifest={"clocks": {"wall": wall.isoformat(), "since_ms": 0, "offset_ms": offset}})

    assert status.reasons == reasons
