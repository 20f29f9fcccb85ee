"""A record handed in whole, in one body: the same receipt as by the loop, and what came before a cut is kept."""

import io
from uuid import UUID

import pytest
from django.db import connection
from django_q.models import OrmQ

from outreach.models import LogEntry
from tests.support.tablet import join_items
from visits.api.parsers import RecordParser
from visits.lib.problems import ProblemError
from visits.models import Capture, CaptureState, Device, Receipt
from visits.records import decrypt, stored_chunks, whole_records
from visits.sync.record_bodies import RECORD_BYTES, RecordBody
from visits.tablets import devices


class CutLine(io.BytesIO):
    """A line that ends where the bytes do, before what was promised."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if size and len(data) < size:
            raise OSError("the line was cut")
        return data


@pytest.fixture
def long(tablet, visit, officer, capture_key):
    """A record of several full chunks."""
    photo = b"\xff\xd8\xff" + b"x" * 600_000
    return tablet.seal(
        visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, parts={"photo": photo}
    )


def _on_disk(tablet, sealed):
    device = Device.objects.get(pk=tablet.device)
    damaged = stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256)
    return [sha for sha in sealed.chunks if sha not in damaged]


def test_a_whole_record_is_stored_by_one_call_and_a_repeat_has_the_same_bytes(tablet, long):
    first = tablet.put_record(long)

    assert first.status == 201
    assert first.json == {"capture": long.id, "receipt": Receipt.objects.get().jws}
    assert _on_disk(tablet, long) == list(long.chunks)
    status = CaptureState.objects.get()
    assert (status.stage, status.stored_at, status.revoked) == ("stored", Receipt.objects.get().at, False)
    logged = LogEntry.objects.filter(subject_id=long.id).values_list("action", "from_state", "to_state")
    assert list(logged) == [("capture_offered", "", "incomplete"), ("capture_stored", "incomplete", "stored")]
    assert OrmQ.objects.get().task["args"] == (long.id,)
    for again in (tablet.put_record(long), tablet.offer(long)):
        assert (again.status, again.body) == (200, first.body)
    assert (Capture.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_a_new_record_that_comes_whole_is_one_file_and_three_statements(
    tablet, long, django_assert_num_queries
):
    statements = 3 if connection.vendor == "postgresql" else 10  # SQLite: one a table, and a savepoint
    with django_assert_num_queries(statements):
        assert tablet.put_record(long).status == 201

    folder = stored_chunks.device_folder(Device.objects.get())
    assert [path.name for path in folder.iterdir()] == [f"{long.sha256}.whole"]
    manifest, plain = decrypt.decrypt_parts(Capture.objects.get())
    assert [part.name for part in manifest.parts] == ["form", "photo"]
    assert plain["photo"] == b"\xff\xd8\xff" + b"x" * 600_000


def test_a_chunk_damaged_in_the_records_file_is_asked_for_and_mended(tablet, long, monkeypatch):
    """The process was killed before the row was written, and the disk lied."""
    with monkeypatch.context() as killed:
        killed.setattr(whole_records, "insert_rows", _die)
        with pytest.raises(SystemExit):
            tablet.put_record(long)
    path = stored_chunks.record_path(Device.objects.get(), long.sha256)
    path.write_bytes(path.read_bytes()[:-1])

    last = list(long.chunks)[-1]
    answer = tablet.offer(long)
    assert (answer.status, answer.json["missing"]) == (202, [last])
    assert not Receipt.objects.exists()
    raw = bytearray(path.read_bytes())
    raw[100] ^= 1
    path.write_bytes(raw)
    assert tablet.put_chunk(last, long.chunks[last]).status == 201
    first = next(iter(long.chunks))
    assert tablet.offer(long).json["missing"] == [first]
    assert tablet.put_chunk(first, long.chunks[first]).status == 201
    assert tablet.offer(long).status == 201
    assert decrypt.decrypt_parts(Capture.objects.get())[1]["photo"][3:] == b"x" * 600_000


def _die(_rows):
    raise SystemExit


def test_what_came_before_a_cut_is_kept_and_the_loop_goes_on_from_there(tablet, long):
    body = join_items([long.manifest.encode(), *long.chunks.values()])
    for cut, kept in ((300_000, 2), (600_000, 3)):  # the form is a chunk of its own
        with pytest.raises(OSError, match="cut"):
            whole_records.receive_record(
                device=Device.objects.get(),
                capture_id=UUID(long.id),
                body=RecordBody(CutLine(body[:cut]), length=len(body)),
            )
        assert CaptureState.objects.get().stage == "incomplete"
        assert _on_disk(tablet, long) == list(long.chunks)[:kept]
    assert tablet.offer(long).json["missing"] == list(long.chunks)[3:]
    assert list(stored_chunks.device_folder(Device.objects.get()).glob(".*")) == []
    assert tablet.upload(long).status == 201


def test_a_damaged_chunk_alone_is_asked_for_again(tablet, long):
    *whole, last = long.chunks.values()
    answer = tablet.put_record(long, *whole, bytes([last[0] ^ 1]) + last[1:])

    assert (answer.status, answer.json["missing"]) == (202, list(long.chunks)[-1:])
    assert LogEntry.objects.get(action="blob_not_named").detail["chunks"] == 1
    assert not Receipt.objects.exists()
    assert tablet.put_record(long, last).status == 201


def test_a_chunk_that_came_earlier_is_read_again_before_the_receipt(tablet, long):
    first, *others = long.chunks
    tablet.offer(long)
    tablet.put_chunk(first, long.chunks[first])
    path = stored_chunks.chunk_path(Device.objects.get(), first)
    path.write_bytes(b"x" + path.read_bytes()[1:])

    answer = tablet.put_record(long, *[long.chunks[sha] for sha in others])

    assert (answer.status, answer.json["missing"]) == (202, [first])
    assert tablet.put_record(long, long.chunks[first]).status == 201


def test_what_the_manifest_does_not_name_is_not_written(tablet, long):
    assert tablet.put_record(long, b"something else").status == 202
    assert _on_disk(tablet, long) == []
    folder = stored_chunks.device_folder(Device.objects.get())
    assert not folder.exists() or list(folder.iterdir()) == []


def test_another_content_and_another_tablet_are_refused_before_a_byte_is_written(
    tablet, long, visit, officer, capture_key, new_tablet, team
):
    assert tablet.put_record(long).status == 201
    other = tablet.seal(
        visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, manifest={"capture": long.id}
    )
    other.id = long.id
    assert (tablet.put_record(other).status, tablet.put_record(other).code) == (422, "content-differs")
    stranger = new_tablet(team)
    assert (stranger.put_record(long).status, stranger.put_record(long).code) == (403, "not-mine")
    assert _on_disk(tablet, other) == []


def test_no_bytes_are_taken_beside_twenty_open_records(tablet, long, visit, officer, capture_key):
    for _number in range(20):
        sealed = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key)
        assert tablet.offer(sealed).status == 202
    assert tablet.put_record(long).code == "too-many-open"
    assert _on_disk(tablet, long) == []
    assert tablet.put_record(sealed).status == 201  # what was begun goes on


def test_a_revoked_tablet_hands_in_whole_too_and_is_marked(tablet, long):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    assert tablet.put_record(long).status == 201
    assert CaptureState.objects.get().revoked is True


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff" + b"x" * 100, b"\x00\x00\x00\x09short"],
)
def test_a_body_without_a_manifest_is_refused(tablet, long, raw):
    answer = tablet.call(
        "PUT", f"/captures/{long.id}/parts", raw=raw, content_type="application/octet-stream"
    )
    assert (answer.status, answer.code) == (400, "bad-request")


def test_a_body_that_is_longer_than_any_record_is_not_read():
    class Unread(io.BytesIO):
        META = {"CONTENT_LENGTH": str(RECORD_BYTES + 1)}

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("read")

    with pytest.raises(ProblemError, match="too-large"):
        RecordParser().parse(Unread())
