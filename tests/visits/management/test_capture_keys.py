"""Capture keys: made, rotated, records sealed anew, an old one retired only when nothing needs it."""

import stat
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from outreach.models import LogEntry
from visits.enums import KeyRole, KeyState
from visits.keys import key_files, office_keys
from visits.lib import jose
from visits.models import Capture, CaptureState, Device, PublicKey
from visits.records import stored_chunks, verification
from visits.tablets import devices

pytestmark = pytest.mark.django_db


def run(*args):
    out, err = StringIO(), StringIO()
    call_command("capture_keys", *args, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def test_create_makes_the_workers_keys_once_readable_by_their_user_alone():
    assert run("create") == run("create")
    assert sorted(PublicKey.objects.values_list("role", "state")) == [
        ("capture", "current"),
        ("worker", "current"),
    ]
    files = list(key_files.key_directory(KeyRole.CAPTURE).iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(key_files.key_directory(KeyRole.CAPTURE).stat().st_mode) == 0o700


def test_the_private_keys_may_lie_elsewhere(settings, tmp_path):
    settings.CAPTURE_PRIVATE_KEYS_DIR = str(tmp_path / "elsewhere")
    run("create")
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2
    assert not (tmp_path / "keys" / "worker").exists()


def test_no_private_number_is_in_the_database():
    run("create")
    assert all(
        set(jwk) == {"kty", "crv", "x", "y"} for jwk in PublicKey.objects.values_list("jwk", flat=True)
    )


def test_rotate_keeps_the_old_key_for_what_was_sealed_to_it(tablet, capture_key):
    run("rotate")
    states = dict(PublicKey.objects.filter(role="capture").values_list("kid", "state"))
    assert states.pop(capture_key["kid"]) == KeyState.OLD
    ((new, state),) = states.items()
    assert state == KeyState.CURRENT
    assert [key["kid"] for key in tablet.me()["capture_keys"]] == [new]
    assert new in run("list")
    moved = LogEntry.objects.get(action="key_rotated")
    assert (moved.subject_id, moved.from_state, moved.to_state) == (capture_key["kid"], "current", "old")
    assert moved.detail == {"after": new}


def test_a_key_is_retired_only_when_no_record_and_no_tablet_needs_it(tablet, sealed, capture_key):
    tablet.upload(sealed)
    verification.verify_waiting_captures()
    kid = capture_key["kid"]
    with pytest.raises(CommandError, match="1 rekaman dan 1 tablet"):
        run("retire", kid)
    run("rotate")
    with pytest.raises(CommandError, match="1 rekaman"):
        run("retire", kid)
    assert run("reseal").startswith("1 rekaman disegel ulang, 0")
    assert run("reseal").startswith("0 rekaman")
    with pytest.raises(CommandError, match="0 rekaman dan 1 tablet"):
        run("retire", kid)
    tablet.me()  # the tablet has heard of the new key
    run("retire", kid)
    assert PublicKey.objects.get(pk=kid).state == KeyState.RETIRED
    with pytest.raises(CommandError):
        run("retire", kid)


def test_a_resealed_record_opens_without_the_old_key_and_without_the_old_bytes(tablet, sealed, capture_key):
    tablet.upload(sealed)
    run("rotate")
    run("reseal")
    next(key_files.key_directory(KeyRole.CAPTURE).glob(f"*{capture_key['kid']}*")).unlink()
    key_files.read_key.cache_clear()
    for sha in sealed.chunks:
        stored_chunks.chunk_path(Device.objects.get(), sha).unlink()
    assert verification.verify_waiting_captures() == 1
    assert CaptureState.objects.get().stage == "accepted"


def test_an_incomplete_record_keeps_its_key(tablet, sealed, capture_key):
    tablet.offer(sealed)
    run("rotate")
    assert run("reseal").startswith("0 rekaman")
    assert office_keys.count_key_users(capture_key["kid"])["incomplete"] == 1


def test_what_cannot_be_opened_is_counted_and_named(tablet, sealed):
    tablet.upload(sealed)
    run("rotate")
    stored_chunks.chunk_path(Device.objects.get(), next(iter(sealed.chunks))).unlink()
    assert f"{Capture.objects.get().pk}: FileNotFoundError" in run("reseal")


def test_a_wiped_tablet_needs_no_key(tablet, capture_key):
    run("rotate")
    devices.mark_wiped(device=Device.objects.get())
    run("retire", capture_key["kid"])


def test_retire_without_a_known_key_says_where_to_look():
    with pytest.raises(CommandError, match="capture_keys list"):
        run("retire", "x")


def test_a_rotated_server_key_is_endorsed_by_the_one_before(tablet):
    old = office_keys.current_key(KeyRole.SERVER)
    new = office_keys.rotate_key(KeyRole.SERVER, actor="system")
    me = tablet.me()
    (chain,) = me["key_chain"]
    payload = jose.verify_jws(chain, typ="jb-key+jws", key=key_files.load_public_key(old.jwk), kid=old.kid)
    assert payload == {"kid": new.kid, "role": "server", "jwk": new.jwk}
    assert me["server_keys"][0]["kid"] == new.kid
