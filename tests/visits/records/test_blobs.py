"""Chunks on disk: whole or not at all, readable by us alone, half-written ones swept away later."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from outreach.models import LogEntry
from visits import tasks
from visits.lib.problems import ProblemError
from visits.models import Device, Receipt
from visits.records import blobs, stored_chunks, whole_records

pytestmark = pytest.mark.django_db


def test_a_chunk_lies_under_its_tablet_and_hash_readable_by_us_alone(tablet, sealed):
    sha = tablet.offer(sealed).json["missing"][0]
    tablet.put_chunk(sha, sealed.chunks[sha])
    path = stored_chunks.chunk_path(Device.objects.get(), sha)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [sha]


def test_a_full_disk_leaves_no_draft(tablet, sealed, settings):
    """The folder of the tablet is a file: nothing can be written below it."""
    sha = tablet.offer(sealed).json["missing"][0]
    folder = stored_chunks.chunk_path(Device.objects.get(), sha).parent
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    answer = tablet.put_chunk(sha, sealed.chunks[sha])
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "busy", "5")
    assert folder.read_text() == "in the way"
    folder.unlink()
    assert tablet.upload(sealed).status == 201


def test_an_empty_chunk_is_not_a_chunk(tablet, sealed):
    tablet.offer(sealed)
    with pytest.raises(ProblemError, match="not-found"):
        blobs.store_chunk(device=Device.objects.get(), sha256=hashlib.sha256(b"").hexdigest(), data=b"")


def test_half_written_chunks_are_swept_away_a_day_later(tablet, sealed, clock):
    tablet.upload(sealed)
    folder = stored_chunks.chunk_path(Device.objects.get(), next(iter(sealed.chunks))).parent
    old, fresh = folder / ".0123", folder / ".4567"
    for draft, age_s in ((old, 90_000), (fresh, 0)):
        draft.write_bytes(b"half")
        os.utime(draft, (clock.now().timestamp() - age_s,) * 2)
    assert tasks.sweep_drafts() == 1
    assert not old.exists()
    assert fresh.exists()
    assert len(list(folder.iterdir())) == len(sealed.chunks) + 1


def _age(path: Path, clock: Any, seconds: float = 90_000) -> None:
    os.utime(path, (clock.now().timestamp() - seconds,) * 2)


@pytest.fixture(params=["one file", "a file a chunk"])
def orphans(request, tablet, sealed, monkeypatch, clock) -> list[Path]:
    """The files of a record whose process was killed before its row was written."""

    def die(_rows: Any) -> None:
        raise SystemExit

    device = Device.objects.get()
    if request.param == "one file":
        with monkeypatch.context() as killed:
            killed.setattr(whole_records, "insert_rows", die)
            with pytest.raises(SystemExit):
                tablet.put_record(sealed)
        names = [f"{sealed.sha256}.whole"]
    else:
        with blobs.ChunkBatch(device) as batch:
            for sha, data in sealed.chunks.items():
                batch.add(sha, data)
        names = sorted(sealed.chunks)
    left = sorted(stored_chunks.device_folder(device).iterdir())
    assert [path.name for path in left] == names
    for path in left:  # the disk writes the real moment, whenever the test is
        _age(path, clock, 0)
    return left


def test_chunks_that_no_record_names_are_swept_away_a_day_later(tablet, sealed, orphans, clock):
    assert tasks.sweep_drafts() == 0  # the tablet may be about to send it again
    for path in orphans:
        _age(path, clock)

    assert tasks.sweep_drafts() == len(orphans)

    assert list(orphans[0].parent.iterdir()) == []
    row = LogEntry.objects.get(action="chunks_swept")
    assert (row.actor, row.subject_id, row.detail) == ("system", tablet.device, {"chunks": len(orphans)})
    assert tasks.sweep_drafts() == 0
    assert tablet.put_record(sealed).status == 201


def test_chunks_that_a_record_names_are_never_swept(tablet, sealed, orphans, clock):
    assert tablet.offer(sealed).status == 201
    for path in orphans:
        _age(path, clock)
    assert tasks.sweep_drafts() == 0
    assert all(path.exists() for path in orphans)


def test_a_draft_that_gets_its_name_during_the_sweep_does_not_end_it(orphans, clock):
    """It was listed, and is not there any more: so is a link to nothing."""
    (orphans[0].parent / ".x").symlink_to("gone")
    _age(orphans[0], clock)
    assert tasks.sweep_drafts() == 1
    assert not orphans[0].exists()
    assert all(path.exists() for path in orphans[1:])


@pytest.mark.parametrize("meanwhile", ["named", "written anew"])
def test_a_record_that_comes_during_the_sweep_keeps_its_chunks(
    tablet, sealed, orphans, clock, monkeypatch, meanwhile
):
    """Right after the sweep looked for the first time, the same record comes again."""
    for path in orphans:
        _age(path, clock)
    look, looked = blobs._list_named, []

    def look_then_receive(device: Device) -> set[str]:
        found = look(device)
        looked.append(found)
        if len(looked) == 1:
            (tablet.offer if meanwhile == "named" else tablet.put_record)(sealed)
        return found

    monkeypatch.setattr(blobs, "_list_named", look_then_receive)
    assert tasks.sweep_drafts() == 0

    assert set(orphans[0].parent.iterdir()) >= set(orphans)
    assert tablet.offer(sealed).json["receipt"]
    device = Device.objects.get()
    assert stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256) == []


def test_a_sweep_that_was_killed_is_mended_by_the_next(tablet, sealed, clock):
    tablet.upload(sealed)
    path = stored_chunks.chunk_path(Device.objects.get(), next(iter(sealed.chunks)))
    _age(path, clock)
    path.rename(path.with_name(f".swept-{path.name}"))
    assert tasks.sweep_drafts() == 0
    assert path.exists()


def test_what_a_killed_sweep_put_aside_does_not_replace_what_came_since(tablet, sealed, clock):
    tablet.put_record(sealed)
    device = Device.objects.get()
    path = stored_chunks.record_path(device, sealed.sha256)
    aside = path.with_name(f".swept-{path.name}")
    aside.write_bytes(b"old and damaged")

    assert tasks.sweep_drafts() == 0

    assert not aside.exists()
    assert stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256) == []


def test_a_damaged_length_in_a_records_file_is_damage_and_no_missing_file(tablet, sealed):
    tablet.put_record(sealed)
    device = Device.objects.get()
    path = stored_chunks.record_path(device, sealed.sha256)
    content = bytearray(path.read_bytes())
    content[stored_chunks.HASH_BYTES + 3] ^= 1  # the first chunk's length
    path.write_bytes(content)

    whole = b"".join(sealed.chunks.values())
    assert stored_chunks.read_chunks(device=device, hashes=sealed.chunks, record=sealed.sha256) != whole
    assert set(stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256))


@pytest.mark.parametrize("damage", [b"", b"cut", None], ids=["emptied", "shorter", "flipped"])
def test_a_chunk_damaged_on_our_disk_is_asked_for_again_before_anything_is_signed(tablet, sealed, damage):
    for sha in tablet.offer(sealed).json["missing"]:
        tablet.put_chunk(sha, sealed.chunks[sha])
    path = stored_chunks.chunk_path(Device.objects.get(), sha)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)

    answer = tablet.offer(sealed)
    assert (answer.status, answer.json["missing"]) == (202, [sha])
    assert not Receipt.objects.exists()

    assert tablet.put_chunk(sha, sealed.chunks[sha]).status in (200, 201)
    assert path.read_bytes() == whole
    assert tablet.offer(sealed).status == 201
    assert sorted(file.name for file in path.parent.iterdir()) == sorted(sealed.chunks)
