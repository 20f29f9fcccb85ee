"""Records handed in, asked of the service itself; over the API see `tests/visits/api/test_captures.py`."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import pytest
from django_q.models import OrmQ

from outreach.models import LogEntry
from tests.support.tablet import Sealed
from visits import tasks
from visits.enums import CaptureStage
from visits.lib import jose
from visits.lib.problems import ProblemError
from visits.models import Capture, CaptureChunk, CaptureState, Device, OutboxItem, Receipt
from visits.records import blobs, captures, stored_chunks
from visits.sync import limits
from visits.tablets import devices

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(tablet) -> Device:
    return Device.objects.get(pk=tablet.device)


@pytest.fixture
def hand_in(device):
    """Offers a sealed capture under its own id, or says otherwise."""

    def offer(sealed: Sealed, **changes: Any) -> captures.ManifestAnswer:
        asked = {"device": device, "capture_id": UUID(sealed.id), "manifest": sealed.manifest, **changes}
        return captures.receive_manifest(**asked)

    return offer


def _put_chunks(device: Device, sealed: Sealed) -> None:
    for sha, data in sealed.chunks.items():
        blobs.store_chunk(device=device, sha256=sha, data=data)


def _log(sealed: Sealed) -> list[tuple[str, str, str, str]]:
    rows = LogEntry.objects.filter(subject_type="visits.capture", subject_id=sealed.id)
    return list(rows.values_list("actor", "action", "from_state", "to_state"))


class TestOffer:
    def test_a_first_offer_is_kept_and_answered_with_what_is_missing(
        self, hand_in, device, sealed, visit, officer, capture_key
    ):
        assert hand_in(sealed) == captures.ManifestAnswer(missing=list(sealed.chunks))

        row = Capture.objects.select_related("status").get()
        assert (row.pk, row.device, row.visit, row.officer) == (UUID(sealed.id), device, visit, officer)
        assert (row.visit_named, row.officer_named) == (visit.pk, officer.pk)
        assert (row.capture_key, row.manifest_sha256) == (capture_key["kid"], sealed.sha256)
        assert row.size == sum(map(len, sealed.chunks.values()))
        assert row.key == visit.need.resident.key
        assert sealed.manifest.encode() not in bytes(row.manifest_sealed)
        assert (row.status.stage, row.status.stored_at, row.status.revoked) == ("incomplete", None, False)
        chunks = CaptureChunk.objects.values_list("part", "part_number", "ordinal", "sha256")
        assert list(chunks) == [
            (part["name"], number, ordinal, sha)
            for number, part in enumerate(sealed.payload["parts"])
            for ordinal, sha in enumerate(part["chunks"])
        ]
        assert _log(sealed) == [(f"device:{device.pk}", "capture_offered", "", "incomplete")]
        assert (Receipt.objects.count(), OrmQ.objects.count()) == (0, 0)

    def test_with_all_bytes_here_it_is_stored_and_the_worker_is_rung(self, hand_in, device, sealed):
        hand_in(sealed)
        _put_chunks(device, sealed)

        stored = hand_in(sealed)

        receipt = Receipt.objects.get()
        assert stored == captures.ManifestAnswer(receipt=receipt.jws, new=True)
        status = CaptureState.objects.get()
        assert (status.stage, status.stored_at) == (CaptureStage.STORED, receipt.at)
        assert [action for _actor, action, _from, _to in _log(sealed)] == [
            "capture_offered",
            "capture_stored",
        ]
        (task,) = [item.task for item in OrmQ.objects.all()]
        assert (task["func"], task["args"]) == ("visits.tasks.verify_capture", (sealed.id,))

    def test_offered_again_nothing_changes_before_or_after_it_is_stored(self, hand_in, device, sealed):
        assert hand_in(sealed) == hand_in(sealed)
        _put_chunks(device, sealed)
        receipt = hand_in(sealed).receipt
        before = (_log(sealed), list(CaptureState.objects.values()), OrmQ.objects.count())

        assert [hand_in(sealed) for _ in range(2)] == [captures.ManifestAnswer(receipt=receipt)] * 2

        assert (_log(sealed), list(CaptureState.objects.values()), OrmQ.objects.count()) == before
        assert (Capture.objects.count(), Receipt.objects.count()) == (1, 1)

    def test_the_receipt_is_answered_also_when_a_chunk_has_gone_since(self, hand_in, device, sealed):
        hand_in(sealed)
        _put_chunks(device, sealed)
        receipt = hand_in(sealed).receipt
        stored_chunks.chunk_path(device, next(iter(sealed.chunks))).unlink()

        assert hand_in(sealed) == captures.ManifestAnswer(receipt=receipt)

    def test_a_revoked_tablets_record_is_marked(self, hand_in, device, sealed):
        devices.revoke_device(device=device, actor="user:1")

        hand_in(sealed)

        assert CaptureState.objects.get().revoked is True

    def test_a_visit_and_an_officer_we_do_not_know_are_kept_as_named(self, hand_in, tablet, capture_key):
        unknown = uuid4()
        sealed = tablet.seal(visit=str(unknown), officer=10**9, capture_key=capture_key)

        hand_in(sealed)

        row = Capture.objects.get()
        assert (row.visit, row.visit_named, row.officer, row.officer_named) == (None, unknown, None, 10**9)
        assert not hasattr(row.key, "resident")


class TestOfferRefused:
    @pytest.fixture
    def refused(self, hand_in):
        def offer(sealed: Sealed, **changes: Any) -> str:
            with pytest.raises(ProblemError) as problem:
                hand_in(sealed, **changes)
            return problem.value.code

        return offer

    def test_not_mine(self, hand_in, refused, device, sealed, new_tablet, team):
        hand_in(sealed)
        other = new_tablet(team)
        manifest = other.sign({**sealed.payload, "device": other.device}, "jb-manifest+jws")
        before = Capture.objects.values().get()

        assert refused(sealed, device=Device.objects.get(pk=other.device), manifest=manifest) == "not-mine"
        # nor does it get the receipt for the very same manifest
        assert refused(sealed, device=Device.objects.get(pk=other.device)) == "not-mine"

        assert Capture.objects.values().get() == before
        rows = LogEntry.objects.filter(action="capture_collides").values_list("actor", "detail")
        assert list(rows) == [
            (
                f"device:{other.device}",
                {"problem": "not-mine", "sha256": sha256, "kept_sha256": sealed.sha256},
            )
            for sha256 in (hashlib.sha256(manifest.encode()).hexdigest(), sealed.sha256)
        ]

    def test_content_differs(self, hand_in, refused, tablet, sealed):
        hand_in(sealed)
        other = tablet.sign({**sealed.payload, "client": 2}, "jb-manifest+jws")
        before = Capture.objects.values().get()

        assert refused(sealed, manifest=other) == "content-differs"

        assert Capture.objects.values().get() == before
        row = LogEntry.objects.get(action="capture_collides")
        assert (row.actor, row.detail["problem"]) == (f"device:{tablet.device}", "content-differs")

    def test_bad_signature(self, refused, tablet, new_tablet, team, sealed):
        payload, typ = sealed.payload, "jb-manifest+jws"
        other = new_tablet(team)
        forged = [
            "",
            "a.b.c",
            sealed.manifest[:-4] + "AAAA",
            jose.sign_jws(payload=payload, typ=typ, key=jose.new_ec_key(), kid=tablet.device),
            tablet.sign(payload, typ, kid=other.device),
            tablet.sign(payload, "jb-token+jws"),
            tablet.sign({**payload, "capture": str(uuid4())}, typ),
            tablet.sign({**payload, "device": other.device}, typ),
        ]
        assert [refused(sealed, manifest=text) for text in forged] == ["bad-signature"] * len(forged)
        assert refused(sealed, capture_id=uuid4()) == "bad-signature"
        assert (Capture.objects.count(), LogEntry.objects.filter(subject_type="visits.capture").count()) == (
            0,
            0,
        )

    @pytest.mark.parametrize(
        "changes",
        [{"visit": "x"}, {"officer": None}, {"day": "besok"}, {"parts": []}, {"capture_key": 5}],
        ids=str,
    )
    def test_invalid(self, refused, tablet, sealed, changes):
        text = tablet.sign({**sealed.payload, **changes}, "jb-manifest+jws")

        assert refused(sealed, manifest=text) == "invalid"

        assert Capture.objects.count() == 0

    def test_too_large(self, refused, tablet, sealed):
        part = sealed.payload["parts"][0]
        size = limits.CAPTURE_BYTES + 1
        many = -(-size // limits.CHUNK_BYTES)
        parts = [{**part, "size": size, "chunks": ["0" * 64] * many}]

        text = tablet.sign({**sealed.payload, "parts": parts}, "jb-manifest+jws")

        assert refused(sealed, manifest=text) == "too-large"
        assert Capture.objects.count() == 0

    def test_too_many_open_ends_when_one_is_stored(
        self, hand_in, device, tablet, visit, officer, capture_key
    ):
        args = {"visit": str(visit.pk), "officer": officer.pk, "capture_key": capture_key}
        opened = [tablet.seal(**args) for _ in range(limits.OPEN_CAPTURES + 1)]
        for sealed in opened[:-1]:
            hand_in(sealed)

        with pytest.raises(ProblemError) as problem:
            hand_in(opened[-1])

        assert (problem.value.code, problem.value.retry_after) == ("too-many-open", 60)
        _put_chunks(device, opened[0])
        assert hand_in(opened[0]).new is True
        assert hand_in(opened[-1]) == captures.ManifestAnswer(missing=list(opened[-1].chunks))


class TestStatus:
    """The shape and the words are those of the first tablets; `openapi.yaml` has them too."""

    def test_nothing_is_asked_nothing_is_told(self, device):
        assert captures.list_statuses(device=device, ids=[]) == []

    def test_unknown_and_another_tablets_are_told_alike(self, hand_in, sealed, new_tablet, team):
        hand_in(sealed)
        other = Device.objects.get(pk=new_tablet(team).device)
        ids = [UUID(sealed.id), uuid4()]

        assert captures.list_statuses(device=other, ids=ids) == [
            {"capture": str(pk), "state": "unknown", "receipts": {}, "missing": [], "backed_up": False}
            for pk in ids
        ]

    def test_an_incomplete_one_names_its_missing_chunks_in_order(self, hand_in, device, sealed):
        hand_in(sealed)
        first, *others = sealed.chunks
        blobs.store_chunk(device=device, sha256=first, data=sealed.chunks[first])

        assert captures.list_statuses(device=device, ids=[UUID(sealed.id)]) == [
            {
                "capture": sealed.id,
                "state": "incomplete",
                "receipts": {},
                "missing": others,
                "backed_up": False,
            }
        ]

    @pytest.mark.parametrize("stage", [stage for stage in CaptureStage if stage != CaptureStage.INCOMPLETE])
    def test_a_stored_one_is_told_by_its_stage_and_its_receipts(self, hand_in, device, sealed, stage):
        hand_in(sealed)
        _put_chunks(device, sealed)
        receipt = hand_in(sealed).receipt
        CaptureState.objects.update(stage=stage)

        assert captures.list_statuses(device=device, ids=[UUID(sealed.id)]) == [
            {
                "capture": sealed.id,
                "state": str(stage),
                "receipts": {"stored": receipt},
                "missing": [],
                "backed_up": False,
            }
        ]

    @pytest.mark.parametrize("later", ["queued", "sent", "refused", "later"])
    def test_a_state_at_the_centre_that_comes_later_is_told_as_queued(self, hand_in, device, sealed, later):
        hand_in(sealed)
        _put_chunks(device, sealed)
        hand_in(sealed)
        tasks.verify_capture(sealed.id)
        OutboxItem.objects.update(state=later)

        (told,) = captures.list_statuses(device=device, ids=[UUID(sealed.id)])

        receipts = dict(Receipt.objects.values_list("kind", "jws"))
        assert sorted(receipts) == ["stored", "verified"]
        assert told == {
            "capture": sealed.id,
            "state": "queued",
            "receipts": receipts,
            "missing": [],
            "backed_up": False,
        }

    def test_the_queries_do_not_grow_with_the_captures(
        self, hand_in, device, tablet, visit, officer, capture_key, django_assert_num_queries
    ):
        args = {"visit": str(visit.pk), "officer": officer.pk, "capture_key": capture_key}
        made = [tablet.seal(**args) for _ in range(3)]
        for sealed in made:
            hand_in(sealed)
            _put_chunks(device, sealed)
            hand_in(sealed)
        for few in (made[:1], made):
            with django_assert_num_queries(4):
                assert len(captures.list_statuses(device=device, ids=[UUID(one.id) for one in few])) == len(
                    few
                )
