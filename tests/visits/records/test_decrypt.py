"""A record opened by the worker: what holds, and every reason for which it does not."""

import hashlib
from typing import Any

import pytest

from outreach import vault
from tests.support.pasted import paste
from tests.support.tablet import JPEG, PNG, Sealed
from visits.enums import KeyRole, ReviewReason
from visits.keys import key_files, office_keys
from visits.lib import jose
from visits.models import Capture, Device, PublicKey
from visits.records import decrypt, resealing, stored_chunks
from visits.sync import limits

pytestmark = pytest.mark.django_db

UNKNOWN = "01900000-0000-7000-8000-000000000000"


def _capture(sealed: Sealed) -> Capture:
    rows = Capture.objects.select_related("status", "device", "key")
    return rows.get(pk=sealed.id)


@pytest.fixture
def stored(tablet, visit, officer, capture_key):
    """A stored capture made with these changes."""

    def store(**changes: Any) -> Capture:
        made = {"visit": str(visit.pk), "officer": officer.pk, "capture_key": capture_key, **changes}
        sealed = tablet.seal(**made)
        assert tablet.upload(sealed).status == 201
        return _capture(sealed)

    return store


def _told(**parts: bytes) -> dict[str, dict[str, Any]]:
    """What a form says about these parts."""
    return {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "type": "image/jpeg"}
        for name, data in parts.items()
    }


def _key_file() -> Any:
    (path,) = key_files.key_directory(KeyRole.CAPTURE).glob("capture-*.json")
    return path


class TestOpens:
    def test_a_good_record_gives_its_form_and_face(self, stored, visit):
        capture = stored()

        opened = decrypt.decrypt_capture(capture)

        assert (opened.picture, opened.reasons, opened.holds) == (JPEG, (), True)
        assert opened.form == {
            "version": 1,
            "capture": str(capture.pk),
            "visit": str(visit.pk),
            "name": "Warga Contoh",
            "nik": None,
            "birth_date": "1950-05-17",
            "sex": "female",
            "phone": "",
            "address": "Dusun Contoh",
            "note": "",
            "consent": True,
            "exceptions": [],
            "parts": {**_told(photo=JPEG), "signature": {**_told(x=PNG)["x"], "type": "image/png"}},
        }

    def test_texts_of_the_form_are_cleaned(self, stored):
        typed = {"nik": paste("3519011705500001"), "name": paste("Nur Hayati"), "note": paste("1-2")}

        opened = decrypt.decrypt_capture(stored(form=typed))

        assert opened.reasons == ()
        assert {name: opened.form[name] for name in typed} == {
            "nik": "3519011705500001",
            "name": "Nur Hayati",
            "note": "1-2",
        }

    def test_opened_twice_it_is_the_same_and_nothing_is_written(self, stored):
        capture = stored()
        assert decrypt.decrypt_capture(capture) == decrypt.decrypt_capture(_capture_again(capture))
        assert Capture.objects.get().reseals.count() == 0

    def test_all_parts_in_the_clear_with_their_manifest(self, stored, visit):
        capture = stored()

        manifest, plain = decrypt.decrypt_parts(capture)

        assert (manifest.capture, manifest.visit, manifest.size) == (capture.pk, visit.pk, capture.size)
        assert {name: data for name, data in plain.items() if name != "form"} == {
            "photo": JPEG,
            "signature": PNG,
        }

    def test_a_big_photo_holds_but_is_no_small_face(self, stored):
        photo = b"\xff\xd8\xff" + bytes(decrypt.PICTURE_BYTES)
        assert decrypt.decrypt_capture(stored(parts={"photo": photo, "signature": PNG})).picture == b""

        photo = photo[: decrypt.PICTURE_BYTES]
        assert decrypt.decrypt_capture(stored(parts={"photo": photo, "signature": PNG})).picture == photo

    def test_a_further_part_is_taken_as_it_is(self, stored):
        opened = decrypt.decrypt_capture(
            stored(parts={"photo": JPEG, "signature": PNG, "document_1": b"isi"})
        )
        assert opened.holds

    @pytest.mark.parametrize("missing", ["photo", "signature"])
    def test_a_part_that_is_excepted_may_be_missing(self, stored, missing):
        parts = {name: data for name, data in {"photo": JPEG, "signature": PNG}.items() if name != missing}
        exception = {"what": missing, "reason": "cannot", "note": ""}

        opened = decrypt.decrypt_capture(stored(parts=parts, form={"exceptions": [exception]}))

        assert (opened.holds, opened.picture) == (True, parts.get("photo", b""))

    def test_under_an_old_key(self, stored):
        capture = stored()
        office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        assert decrypt.decrypt_capture(capture).holds

    def test_under_the_key_that_it_was_sealed_anew_to(self, stored):
        capture = stored()
        new = office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        resealing.reseal_capture(capture=capture, actor="user:1")
        for sha in capture.chunks.values_list("sha256", flat=True):
            stored_chunks.chunk_path(capture.device, sha).unlink()
        (key_files.key_directory(KeyRole.CAPTURE) / f"capture-{capture.capture_key}.json").unlink()
        key_files.read_key.cache_clear()

        assert decrypt.resealed_path(capture, new.kid, "photo").is_file()
        assert decrypt.decrypt_capture(capture).holds


def _capture_again(capture: Capture) -> Capture:
    return Capture.objects.select_related("status", "device", "key").get(pk=capture.pk)


class TestNow:
    """What cannot be read now is not the record's fault: it is raised, and tried again later."""

    def test_a_chunk_that_is_not_on_disk(self, stored):
        capture = stored()
        stored_chunks.chunk_path(capture.device, capture.chunks.all()[0].sha256).unlink()
        with pytest.raises(FileNotFoundError):
            decrypt.decrypt_capture(capture)

    def test_a_private_key_that_is_not_there(self, stored):
        capture = stored()
        _key_file().rename(_key_file().with_suffix(".away"))
        key_files.read_key.cache_clear()
        with pytest.raises(key_files.KeyMissingError):
            decrypt.decrypt_capture(capture)

    def test_a_part_sealed_anew_that_is_not_on_disk(self, stored):
        capture = stored()
        kid = office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1").kid
        resealing.reseal_capture(capture=capture, actor="user:1")
        decrypt.resealed_path(capture, kid, "form").unlink()
        with pytest.raises(FileNotFoundError):
            decrypt.decrypt_capture(capture)


class TestReasons:
    """Each comes back as the one reason, with nothing of the content beside it."""

    def _refused(self, capture: Capture, reason: ReviewReason) -> None:
        assert decrypt.decrypt_capture(capture) == decrypt.DecryptedCapture(reasons=(reason,))
        assert decrypt.decrypt_capture(capture).holds is False

    def test_a_part_sealed_for_another_capture(self, tablet, visit, officer, capture_key):
        args = {"visit": str(visit.pk), "officer": officer.pk, "capture_key": capture_key}
        donor, taker = tablet.seal(**args), tablet.seal(**args)
        taker.manifest = tablet.sign({**taker.payload, "parts": donor.payload["parts"]}, "jb-manifest+jws")
        taker.chunks = donor.chunks
        tablet.upload(taker)
        self._refused(_capture(taker), ReviewReason.NOT_OPENED)

    def test_a_part_under_the_name_of_another(self, tablet, sealed):
        form, photo, signature = sealed.payload["parts"]
        swapped = [form, {**photo, "name": "signature"}, {**signature, "name": "photo"}]
        sealed.manifest = tablet.sign({**sealed.payload, "parts": swapped}, "jb-manifest+jws")
        tablet.upload(sealed)
        self._refused(_capture(sealed), ReviewReason.NOT_OPENED)

    def test_a_file_sealed_anew_that_was_damaged(self, stored):
        capture = stored()
        kid = office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1").kid
        resealing.reseal_capture(capture=capture, actor="user:1")
        path = decrypt.resealed_path(capture, kid, "photo")
        path.write_bytes(path.read_bytes()[:-9])
        self._refused(capture, ReviewReason.NOT_OPENED)

    def test_an_erased_person(self, stored, visit):
        capture = stored()
        vault.destroy_key(visit.need.resident.key)
        self._refused(_capture_again(capture), ReviewReason.PERSON_ERASED)

    def test_a_manifest_beyond_the_limits_of_a_later_version(self, stored, monkeypatch):
        capture = stored()
        monkeypatch.setattr(limits, "CAPTURE_PARTS", 2)
        self._refused(capture, ReviewReason.BYTES_DIFFER)

    @pytest.mark.parametrize("change", [{"size": 1}, {"sha256": "0" * 64}])
    def test_a_part_that_is_not_what_the_manifest_says(self, tablet, sealed, change):
        first, *others = sealed.payload["parts"]
        payload = {**sealed.payload, "parts": [{**first, **change}, *others]}
        sealed.manifest = tablet.sign(payload, "jb-manifest+jws")
        tablet.upload(sealed)
        self._refused(_capture(sealed), ReviewReason.BYTES_DIFFER)

    def test_a_chunk_that_was_damaged_on_our_disk(self, stored):
        capture = stored()
        path = stored_chunks.chunk_path(capture.device, capture.chunks.all()[0].sha256)
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        self._refused(capture, ReviewReason.BYTES_DIFFER)

    @pytest.mark.parametrize(
        "told",
        [
            _told(photo=JPEG),
            _told(photo=JPEG, signature=PNG, document_1=b"isi"),
            _told(photo=JPEG + b"x", signature=PNG),
            {**_told(photo=JPEG), "signature": {**_told(x=PNG)["x"], "size": len(PNG) + 1}},
        ],
        ids=["one too few", "one too many", "another hash", "another size"],
    )
    def test_parts_that_are_not_what_the_form_says(self, stored, told):
        self._refused(stored(form={"parts": told}), ReviewReason.BYTES_DIFFER)

    def test_a_key_that_is_none_of_ours(self, stored):
        foreign = jose.new_ec_key()
        key = {"kid": foreign.kid, "jwk": jose.public_jwk(foreign)}
        self._refused(stored(capture_key=key), ReviewReason.KEY_UNKNOWN)

    def test_a_key_of_ours_for_another_use(self, stored):
        row = office_keys.current_key(KeyRole.WORKER)
        self._refused(stored(capture_key={"kid": row.kid, "jwk": row.jwk}), ReviewReason.KEY_UNKNOWN)

    def test_a_retired_key_whose_file_is_gone(self, stored, capture_key):
        capture = stored()
        office_keys.rotate_key(KeyRole.CAPTURE, actor="user:1")
        PublicKey.objects.filter(pk=capture_key["kid"]).update(state="retired")
        assert decrypt.decrypt_capture(capture).holds

        (key_files.key_directory(KeyRole.CAPTURE) / f"capture-{capture_key['kid']}.json").unlink()
        key_files.read_key.cache_clear()
        self._refused(capture, ReviewReason.KEY_UNKNOWN)

    @pytest.mark.parametrize(
        "changes",
        [
            {"form": {"version": "1"}},
            {"form": {"consent": False}},
            {"form": {"nik": "123"}},
            {"form": {"capture": UNKNOWN}},
            {"form": {"visit": UNKNOWN}},
            {"form": {"note": "x" * limits.FORM_BYTES}},
            {"parts": {"photo": b"<html>", "signature": PNG}},
            {"parts": {"photo": JPEG, "signature": JPEG}},
            {"parts": {"photo": JPEG}},
            {"parts": {"signature": PNG}},
            {"parts": {}},
        ],
        ids=lambda changes: str(changes)[:50],
    )
    def test_a_form_that_is_not_whole_or_not_of_this_record(self, stored, changes):
        self._refused(stored(**changes), ReviewReason.FORM_INVALID)

    def test_the_parts_alone_are_refused_with_the_same_reason(self, stored, visit):
        capture = stored()
        vault.destroy_key(visit.need.resident.key)
        with pytest.raises(decrypt.RefusedError) as refused:
            decrypt.decrypt_parts(_capture_again(capture))
        assert refused.value.reason == ReviewReason.PERSON_ERASED


def test_a_form_that_is_no_json_is_put_before_a_person(tablet, sealed, capture_key):
    """Sealed and signed as it should be, by a tablet that wrote half a form."""
    key = jose.import_public(capture_key["jwk"])
    data = jose.seal_part(
        plain=b'{"version": 1', key=key, kid=capture_key["kid"], capture=sealed.id, part="form"
    )
    sha = hashlib.sha256(data).hexdigest()
    part = {"name": "form", "size": len(data), "sha256": sha, "chunks": [sha]}
    others = sealed.payload["parts"][1:]
    sealed.manifest = tablet.sign({**sealed.payload, "parts": [part, *others]}, "jb-manifest+jws")
    sealed.chunks[sha] = data
    assert tablet.upload(sealed).status == 201
    assert Device.objects.count() == 1
    assert decrypt.decrypt_capture(_capture(sealed)).reasons == (ReviewReason.FORM_INVALID,)
