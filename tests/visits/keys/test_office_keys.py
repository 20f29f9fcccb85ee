"""The office's keys: made once, rotated, believed while they are good, retired when nothing needs them."""

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from outreach.models import LogEntry
from visits.enums import KeyRole, KeyState
from visits.keys import key_files, office_keys
from visits.lib import jose
from visits.models import Capture, CaptureState, Device, PublicKey
from visits.records import resealing
from visits.tablets import devices

if TYPE_CHECKING:
    from tests.support.stack import Stack

pytestmark = pytest.mark.django_db

TYP = "jb-test+jws"


def _states(role: KeyRole) -> list[tuple[str, str]]:
    return list(PublicKey.objects.filter(role=role).order_by("made_at").values_list("kid", "state"))


def _file(role: KeyRole, kid: str) -> str:
    return f"{role}-{kid}.json"


def _log() -> list[tuple[str, str, str, str]]:
    rows = LogEntry.objects.filter(subject_type="visits.publickey").order_by("pk")
    return list(rows.values_list("actor", "action", "from_state", "to_state"))


class TestCurrent:
    @pytest.mark.parametrize("role", KeyRole)
    def test_the_first_call_makes_it_and_later_ones_find_it(self, role):
        assert office_keys.key_exists(role) is False

        row = office_keys.current_key(role, actor="user:1")

        assert office_keys.current_key(role) == row
        assert office_keys.key_exists(role) is True
        assert _states(role) == [(row.kid, KeyState.CURRENT)]
        assert (row.kid, row.endorsement) == (jose.key_thumbprint(row.jwk), "")
        assert _log() == [("user:1", "key_made", "", "current")]
        assert LogEntry.objects.get().detail == {"role": role}

    def test_asking_makes_none(self):
        assert [office_keys.key_exists(role) for role in KeyRole] == [False] * 3
        assert PublicKey.objects.count() == 0

    @pytest.mark.parametrize("role", KeyRole)
    def test_the_private_half_is_a_file_that_its_user_alone_may_read(self, role):
        row = office_keys.current_key(role)

        folder = key_files.key_directory(role)
        (path,) = folder.iterdir()
        assert path.name == _file(role, row.kid)
        assert [stat.S_IMODE(place.stat().st_mode) for place in (path, folder)] == [0o600, 0o700]
        secret = json.loads(path.read_text())
        assert sorted(secret) == ["crv", "d", "kid", "kty", "x", "y"]
        assert {name: secret[name] for name in row.jwk} == row.jwk
        assert secret["kid"] == row.kid
        assert sorted(row.jwk) == ["crv", "kty", "x", "y"]

    def test_the_workers_keys_lie_apart_from_the_servers(self, settings, tmp_path):
        assert key_files.key_directory(KeyRole.SERVER) == tmp_path / "keys" / "server"
        assert key_files.key_directory(KeyRole.WORKER) == tmp_path / "keys" / "worker"
        assert key_files.key_directory(KeyRole.CAPTURE) == tmp_path / "keys" / "worker"

        settings.CAPTURE_PRIVATE_KEYS_DIR = str(tmp_path / "elsewhere")

        assert key_files.key_directory(KeyRole.SERVER) == tmp_path / "keys" / "server"
        assert key_files.key_directory(KeyRole.WORKER) == tmp_path / "elsewhere"
        assert key_files.key_directory(KeyRole.CAPTURE) == tmp_path / "elsewhere"


@pytest.mark.journey
def test_of_processes_that_begin_at_once_one_makes_the_key(make_stack: "Callable[[], Stack]"):
    def ask(_number: int) -> str:
        try:
            return office_keys.current_key(KeyRole.CAPTURE).kid
        finally:
            connection.close()

    with make_stack().orm(), ThreadPoolExecutor(6) as threads:
        PublicKey.objects.all().delete()  # what `migrate` made
        for made in key_files.key_directory(KeyRole.CAPTURE).iterdir():
            made.unlink()
        kids = set(threads.map(ask, range(6)))
        assert _states(KeyRole.CAPTURE) == [(kid, KeyState.CURRENT) for kid in kids]
        names = [path.name for path in key_files.key_directory(KeyRole.CAPTURE).iterdir()]
        assert names == [_file(KeyRole.CAPTURE, kid) for kid in kids]


class TestPrivateAndPublic:
    def test_what_one_half_signs_the_other_verifies(self):
        row = office_keys.current_key(KeyRole.SERVER)
        key = key_files.load_private_key(KeyRole.SERVER, row.kid)
        token = jose.sign_jws(payload={"n": 1}, typ=TYP, key=key, kid=row.kid)
        assert jose.verify_jws(token, typ=TYP, key=key_files.load_public_key(row.jwk), kid=row.kid) == {
            "n": 1
        }

    def test_a_file_that_is_not_there_is_named_without_its_folder(self):
        with pytest.raises(key_files.KeyMissingError) as missing:
            key_files.load_private_key(KeyRole.CAPTURE, "nobody")
        assert str(missing.value) == "capture-nobody.json: FileNotFoundError"

    def test_the_key_of_another_role_is_not_there(self):
        row = office_keys.current_key(KeyRole.WORKER)
        with pytest.raises(key_files.KeyMissingError):
            key_files.load_private_key(KeyRole.CAPTURE, row.kid)

    def test_a_file_that_is_no_key_is_an_error_of_its_own(self):
        row = office_keys.current_key(KeyRole.CAPTURE)
        path = key_files.key_directory(KeyRole.CAPTURE) / _file(KeyRole.CAPTURE, row.kid)
        path.write_text("{")
        with pytest.raises(json.JSONDecodeError):
            key_files.load_private_key(KeyRole.CAPTURE, row.kid)

    @pytest.mark.parametrize(
        "jwk", [{"x": "AA", "y": "AA"}, {"x": "", "y": ""}, {"x": "A" * 43, "y": "A" * 43}]
    )
    def test_a_public_key_that_is_none(self, jwk):
        with pytest.raises(jose.JoseError):
            key_files.load_public_key(jwk)

    def test_a_public_key_without_its_numbers(self):
        with pytest.raises(KeyError):
            key_files.load_public_key({"kty": "EC", "crv": "P-256", "x": "AA"})


class TestRotate:
    @pytest.mark.parametrize("role", KeyRole)
    def test_a_new_key_is_current_and_the_old_one_stays_good(self, role):
        old = office_keys.current_key(role)

        new = office_keys.rotate_key(role, actor="user:1")

        assert office_keys.current_key(role) == new
        assert _states(role) == [(old.kid, KeyState.OLD), (new.kid, KeyState.CURRENT)]
        assert _log()[-2:] == [
            ("user:1", "key_rotated", "current", "old"),
            ("user:1", "key_made", "", "current"),
        ]
        assert [row.subject_id for row in LogEntry.objects.order_by("pk")][-2:] == [str(old.pk), str(new.pk)]
        assert key_files.load_private_key(role, old.kid) != key_files.load_private_key(role, new.kid)

    def test_a_new_server_key_is_endorsed_by_the_one_before(self):
        old = office_keys.current_key(KeyRole.SERVER)
        new = office_keys.rotate_key(KeyRole.SERVER, actor="user:1")
        said = jose.verify_jws(
            new.endorsement, typ=office_keys.KEY_TYP, key=key_files.load_public_key(old.jwk), kid=old.kid
        )
        assert said == {"kid": new.kid, "role": "server", "jwk": new.jwk}

    @pytest.mark.parametrize("role", [KeyRole.WORKER, KeyRole.CAPTURE])
    def test_the_others_need_no_endorsement(self, role):
        office_keys.current_key(role)
        assert office_keys.rotate_key(role, actor="user:1").endorsement == ""

    def test_where_there_is_none_yet_two_are_made(self):
        new = office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        assert [state for _kid, state in _states(KeyRole.CAPTURE)] == [KeyState.OLD, KeyState.CURRENT]
        assert office_keys.current_key(KeyRole.CAPTURE) == new

    def test_twice_makes_two(self):
        made = [office_keys.current_key(KeyRole.CAPTURE)]
        made += [office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1") for _ in range(2)]
        assert _states(KeyRole.CAPTURE) == [
            (made[0].kid, KeyState.OLD),
            (made[1].kid, KeyState.OLD),
            (made[2].kid, KeyState.CURRENT),
        ]

    def test_a_server_key_whose_file_is_lost_endorses_none(self):
        row = office_keys.current_key(KeyRole.SERVER)
        (key_files.key_directory(KeyRole.SERVER) / _file(KeyRole.SERVER, row.kid)).unlink()
        key_files.read_key.cache_clear()
        with pytest.raises(key_files.KeyMissingError):
            office_keys.rotate_key(KeyRole.SERVER, actor="user:1")
        assert _states(KeyRole.SERVER) == [(row.kid, KeyState.CURRENT)]


class TestSignatures:
    def test_signed_by_the_current_key_and_verified_as_our_own(self):
        token = office_keys.sign_payload(role=KeyRole.SERVER, typ=TYP, payload={"n": 1})
        assert jose.peek_jws(token, typ=TYP)[0] == office_keys.current_key(KeyRole.SERVER).kid
        assert office_keys.verify_own(token, typ=TYP) == {"n": 1}

    def test_an_old_key_is_believed_a_retired_one_not(self):
        token = office_keys.sign_payload(role=KeyRole.SERVER, typ=TYP, payload={"n": 1})
        old = office_keys.current_key(KeyRole.SERVER)
        office_keys.rotate_key(KeyRole.SERVER, actor="user:1")
        assert office_keys.verify_own(token, typ=TYP) == {"n": 1}

        PublicKey.objects.filter(pk=old.pk).update(state=KeyState.RETIRED)

        with pytest.raises(jose.JoseError, match="another key id"):
            office_keys.verify_own(token, typ=TYP)

    def test_what_the_worker_or_a_stranger_signed_is_not_our_own(self):
        worker = office_keys.sign_payload(role=KeyRole.WORKER, typ=TYP, payload={"n": 1})
        row, foreign = office_keys.current_key(KeyRole.SERVER), jose.new_ec_key()
        unknown = jose.sign_jws(
            payload={"n": 1}, typ=TYP, key=foreign, kid=jose.key_thumbprint(jose.public_jwk(foreign))
        )
        forged = jose.sign_jws(payload={"n": 1}, typ=TYP, key=foreign, kid=row.kid)
        for token in (worker, unknown, forged):
            with pytest.raises(jose.JoseError):
                office_keys.verify_own(token, typ=TYP)

    @pytest.mark.parametrize("token", ["", "a.b.c", "..", None, 7, [], "x" * 100_000])
    def test_what_is_no_signature_is_refused(self, token):
        with pytest.raises(jose.JoseError):
            office_keys.verify_own(token, typ=TYP)

    def test_a_signature_of_another_type_is_refused(self):
        token = office_keys.sign_payload(role=KeyRole.SERVER, typ="jb-other+jws", payload={"n": 1})
        with pytest.raises(jose.JoseError):
            office_keys.verify_own(token, typ=TYP)

    def test_a_changed_payload_is_refused(self):
        one, two = (office_keys.sign_payload(role=KeyRole.SERVER, typ=TYP, payload={"n": n}) for n in (1, 2))
        head, _body, signature = one.split(".")
        with pytest.raises(jose.JoseError):
            office_keys.verify_own(".".join([head, two.split(".")[1], signature]), typ=TYP)


class TestRetire:
    def _refused(self, kid: str) -> str:
        before = PublicKey.objects.values_list("kid", "state", "retired_at").get(pk=kid)
        with pytest.raises(office_keys.KeyInUseError) as refused:
            office_keys.retire_key(kid=kid, actor="user:1")
        assert PublicKey.objects.values_list("kid", "state", "retired_at").get(pk=kid) == before
        assert not LogEntry.objects.filter(action="key_retired").exists()
        return str(refused.value)

    def test_an_old_key_that_nothing_needs_is_retired_once_and_its_file_stays(self):
        old = office_keys.current_key(KeyRole.CAPTURE)
        office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")

        office_keys.retire_key(kid=old.kid, actor="user:2")

        row = PublicKey.objects.get(pk=old.kid)
        assert row.state == KeyState.RETIRED
        assert row.retired_at is not None
        assert _log()[-1] == ("user:2", "key_retired", "old", "retired")
        assert key_files.load_private_key(KeyRole.CAPTURE, old.kid)
        with pytest.raises(office_keys.KeyInUseError, match="hanya kunci lama"):
            office_keys.retire_key(kid=old.kid, actor="user:2")
        assert LogEntry.objects.filter(action="key_retired").count() == 1

    def test_the_current_key_is_not_retired(self):
        row = office_keys.current_key(KeyRole.CAPTURE)
        assert (
            self._refused(row.kid) == "hanya kunci lama yang dapat ditarik; buat penggantinya dahulu (rotate)"
        )

    def test_a_key_that_is_none_of_the_capture_keys_is_not_found(self):
        server = office_keys.current_key(KeyRole.SERVER)
        for kid in ("nobody", "", server.kid):
            with pytest.raises(PublicKey.DoesNotExist):
                office_keys.retire_key(kid=kid, actor="user:1")
            with pytest.raises(PublicKey.DoesNotExist):
                office_keys.count_key_users(kid)
        assert _states(KeyRole.SERVER) == [(server.kid, KeyState.CURRENT)]

    def test_records_sealed_to_it_need_it_until_they_are_sealed_anew(self, tablet, sealed, capture_key):
        kid = capture_key["kid"]
        tablet.offer(sealed)
        assert office_keys.count_key_users(kid) == {"captures": 1, "incomplete": 1, "tablets": 1}
        tablet.upload(sealed)
        assert office_keys.count_key_users(kid) == {"captures": 1, "incomplete": 0, "tablets": 1}
        new = office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        tablet.me()  # now it knows the new one
        assert self._refused(kid) == "1 rekaman dan 0 tablet masih memerlukan kunci ini"

        resealing.reseal_capture(capture=Capture.objects.select_related("status").get(), actor="user:1")

        assert office_keys.count_key_users(kid) == {"captures": 0, "incomplete": 0, "tablets": 0}
        assert office_keys.count_key_users(new.kid) == {"captures": 1, "incomplete": 0, "tablets": 1}
        office_keys.retire_key(kid=kid, actor="user:1")
        assert CaptureState.objects.get().stage == "stored"

    def test_a_tablet_that_does_not_know_the_new_key_needs_the_old_one(
        self, tablet, new_tablet, team, capture_key
    ):
        kid = capture_key["kid"]
        wiped = new_tablet(team)
        office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        assert office_keys.count_key_users(kid) == {"captures": 0, "incomplete": 0, "tablets": 2}
        devices.mark_wiped(device=Device.objects.get(pk=wiped.device))
        assert self._refused(kid) == "0 rekaman dan 1 tablet masih memerlukan kunci ini"

        tablet.me()

        assert office_keys.count_key_users(kid) == {"captures": 0, "incomplete": 0, "tablets": 0}
        office_keys.retire_key(kid=kid, actor="user:1")
