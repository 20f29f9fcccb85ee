"""Chunks on disk: whole or not at all, readable by us alone, half-written ones swept away later."""

import hashlib
import os
import stat

import pytest

from visits import tasks
from visits.lib.problems import ProblemError
from visits.models import Device, Receipt
from visits.records import blobs, stored_chunks

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
