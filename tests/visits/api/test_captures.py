"""Captures over the API: manifest, chunks, receipt; whatever goes wrong on the way."""

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from outreach.models import LogEntry
from tests.factories.visits import TeamFactory
from visits.lib import jose
from visits.models import Capture, CaptureState, Device, Receipt
from visits.records import stored_chunks
from visits.tablets import devices


def _problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, answer.code, answer.json["retry"]


def _files() -> list[Path]:
    """The chunks on the server's disk, and drafts of them."""
    return [path for path in (Path(settings.RECORDS_DIR) / "blobs").rglob("*") if path.is_file()]


def test_the_loop_ends_in_a_receipt(tablet, sealed):
    first = tablet.offer(sealed)
    assert first.status == 202
    assert first.json["missing"] == list(sealed.chunks)
    for sha in first.json["missing"]:
        assert tablet.put_chunk(sha, sealed.chunks[sha]).status == 201
    stored = tablet.offer(sealed)

    assert stored.status == 201
    assert stored.json["capture"] == sealed.id
    keys = {key["kid"]: key for key in tablet.me()["server_keys"]}
    kid, _ = jose.peek_jws(stored.json["receipt"], typ="jb-receipt+jws")
    assert keys[kid]["role"] == "server"
    receipt = jose.verify_jws(
        stored.json["receipt"], typ="jb-receipt+jws", key=jose.import_public(keys[kid]["jwk"]), kid=kid
    )
    at = receipt.pop("at")
    assert receipt == {
        "kind": "stored",
        "capture": sealed.id,
        "manifest_sha256": sealed.sha256,
        "device": tablet.device,
    }
    assert datetime.fromisoformat(at).tzinfo is not None


def test_a_lost_answer_asked_ten_times_gives_the_same_bytes(tablet, sealed):
    first = tablet.upload(sealed)
    bodies = {tablet.offer(sealed).body for _ in range(10)}
    assert bodies == {first.body}
    assert [tablet.offer(sealed).status for _ in range(2)] == [200, 200]
    assert (Capture.objects.count(), Receipt.objects.count()) == (1, 1)


def test_nothing_readable_lies_on_the_servers_disk(tablet, sealed, settings):
    tablet.upload(sealed)
    data = b"".join(
        path.read_bytes() for path in (Path(settings.RECORDS_DIR) / "blobs").rglob("*") if path.is_file()
    )
    assert data
    assert b"JFIF" not in data
    assert b"Warga" not in data
    assert b"\xff\xd8\xff" not in data


def test_a_photo_of_many_chunks_resumes_where_it_was_cut(tablet, visit, officer, capture_key):
    photo = bytes.fromhex("ffd8ff") + hashlib.sha256(b"x").digest() * 20_000
    sealed = tablet.seal(
        visit=str(visit.pk),
        officer=officer.pk,
        capture_key=capture_key,
        parts={"photo": photo, "signature": b"\x89PNG\r\n\x1a\n"},
    )
    missing = tablet.offer(sealed).json["missing"]
    assert len(missing) == 6
    for sha in missing[:3]:
        tablet.put_chunk(sha, sealed.chunks[sha])
    assert tablet.offer(sealed).json["missing"] == missing[3:]
    assert tablet.upload(sealed).status == 201


def test_a_chunk_that_came_before_is_not_written_again(tablet, sealed):
    sha = tablet.offer(sealed).json["missing"][0]
    assert tablet.put_chunk(sha, sealed.chunks[sha]).status == 201
    assert tablet.put_chunk(sha, sealed.chunks[sha]).status == 200
    assert [path.name for path in _files()] == [sha]


def _damaged(data: bytes) -> dict[str, bytes]:
    return {
        "flipped": bytes([data[0] ^ 1]) + data[1:],
        "cut": data[:-1],
        "emptied": b"",
        "longer": data + b"x",
    }


@pytest.mark.parametrize("damage", ["flipped", "cut", "emptied", "longer"])
def test_a_damaged_chunk_alone_is_asked_for_again(tablet, sealed, damage):
    missing = tablet.offer(sealed).json["missing"]
    for sha in missing[1:]:
        tablet.put_chunk(sha, sealed.chunks[sha])
    answer = tablet.put_chunk(missing[0], _damaged(sealed.chunks[missing[0]])[damage])
    assert _problem(answer) == (422, "blob-differs", "retry")
    assert tablet.offer(sealed).json["missing"] == missing[:1]
    assert tablet.upload(sealed).status == 201


def test_a_chunk_lost_from_the_disk_is_asked_for_again(tablet, sealed):
    missing = tablet.offer(sealed).json["missing"]
    for sha in missing:
        tablet.put_chunk(sha, sealed.chunks[sha])
    stored_chunks.chunk_path(Device.objects.get(), missing[0]).unlink()
    assert tablet.offer(sealed).json["missing"] == missing[:1]
    assert tablet.upload(sealed).status == 201


def test_a_chunk_that_is_too_long_is_refused(tablet, sealed):
    tablet.offer(sealed)
    data = b"x" * 262145
    assert _problem(tablet.put_chunk(hashlib.sha256(data).hexdigest(), data)) == (
        413,
        "too-large",
        "fix-data",
    )


def test_a_chunk_nobody_names_is_not_taken(tablet, sealed, new_tablet, team):
    sha, data = next(iter(sealed.chunks.items()))
    assert _problem(tablet.put_chunk(sha, data)) == (404, "not-found", "resync")
    tablet.offer(sealed)
    assert new_tablet(team).put_chunk(sha, data).status == 404
    assert _files() == []


def test_after_the_capture_is_stored_no_more_chunks_are_taken(tablet, sealed):
    tablet.upload(sealed)
    extra = b"extra"
    assert tablet.put_chunk(hashlib.sha256(extra).hexdigest(), extra).status == 404
    sha, data = next(iter(sealed.chunks.items()))
    assert tablet.put_chunk(sha, data).status == 200


@pytest.mark.parametrize("sha", ["0" * 63, "Z" * 64, "0" * 65, "A" * 64, "../" * 22])
def test_a_chunk_under_another_address_is_not_found(tablet, sha):
    assert tablet.put_chunk(sha, b"x").status == 404


def test_chunks_are_raw_bytes_only(tablet, sealed):
    sha = tablet.offer(sealed).json["missing"][0]
    for content_type in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = tablet.call(
            "PUT", f"/devices/me/blobs/{sha}", raw=sealed.chunks[sha], content_type=content_type
        )
        assert _problem(answer) == (415, "unsupported-media", "never")


def test_the_same_id_with_other_content_is_refused_and_logged(tablet, sealed):
    first = tablet.upload(sealed)
    other = tablet.sign({**sealed.payload, "client": 2}, "jb-manifest+jws")
    answer = tablet.call("PUT", f"/captures/{sealed.id}", {"manifest": other})

    assert _problem(answer) == (422, "content-differs", "review")
    detail = LogEntry.objects.get(action="capture_collides").detail
    assert detail["kept_sha256"] == sealed.sha256
    assert detail["sha256"] == hashlib.sha256(other.encode()).hexdigest()
    assert tablet.offer(sealed).body == first.body


def test_a_second_signature_of_the_same_content_is_other_content(tablet, sealed):
    tablet.upload(sealed)
    again = tablet.sign(sealed.payload, "jb-manifest+jws")
    assert tablet.call("PUT", f"/captures/{sealed.id}", {"manifest": again}).code == "content-differs"


def test_the_id_of_another_tablet_is_refused(tablet, sealed, new_tablet, team):
    tablet.upload(sealed)
    other = new_tablet(team)
    manifest = other.sign({**sealed.payload, "device": other.device}, "jb-manifest+jws")
    answer = other.call("PUT", f"/captures/{sealed.id}", {"manifest": manifest})
    assert _problem(answer) == (403, "not-mine", "never")
    assert LogEntry.objects.get(action="capture_collides").actor == f"device:{other.device}"


def _forged(tablet, sealed, attack, other):
    payload = sealed.payload
    if attack == "another key":
        return jose.sign_jws(payload=payload, typ="jb-manifest+jws", key=jose.new_ec_key(), kid=tablet.device)
    if attack == "another kid":
        return tablet.sign(payload, "jb-manifest+jws", kid=other.device)
    if attack == "another type":
        return tablet.sign(payload, "jb-token+jws")
    if attack == "another capture":
        return tablet.sign({**payload, "capture": payload["visit"]}, "jb-manifest+jws")
    if attack == "another device":
        return tablet.sign({**payload, "device": other.device}, "jb-manifest+jws")
    head, body, signature = sealed.manifest.split(".")
    header = json.loads(jose.decode_segment(head))
    header["alg"] = {"alg none": "none", "alg HS256": "HS256"}[attack]
    return f"{_b64(json.dumps(header).encode())}.{body}.{'' if attack == 'alg none' else signature}"


def _b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "attack",
    [
        "another key",
        "another kid",
        "another type",
        "another capture",
        "another device",
        "alg none",
        "alg HS256",
    ],
)
def test_a_forged_manifest_is_refused(tablet, sealed, new_tablet, team, attack):
    forged = _forged(tablet, sealed, attack, new_tablet(team))
    answer = tablet.call("PUT", f"/captures/{sealed.id}", {"manifest": forged})
    assert _problem(answer) == (400, "bad-signature", "never")
    assert Capture.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visit": "x"}, "visit"),
        ({"officer": "4"}, "officer"),
        ({"day": "2026-02-31"}, "day"),
        ({"parts": []}, "parts"),
        ({"parts": [{"name": "../x", "size": 1, "sha256": "0" * 64, "chunks": ["0" * 64]}]}, "parts.0.name"),
        ({"parts": [{"name": "photo", "size": 1, "sha256": "0" * 64, "chunks": ["0" * 64]}]}, "parts"),
        ({"clocks": {"wall": "yesterday"}}, "clocks.wall"),
        ({"clocks": {"wall": "9999-99-99T00:00:00.000Z"}}, "clocks.wall"),
        ({"position": {"lat": 200, "lon": 0, "accuracy_m": 1}}, "position"),
    ],
)
def test_a_manifest_of_another_shape_names_the_field(tablet, visit, officer, capture_key, changes, field):
    sealed = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, manifest=changes)
    answer = tablet.offer(sealed)
    assert _problem(answer) == (422, "invalid", "fix-data")
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize("wall", ["1970-01-01T07:00:12.000+07:00", "2999-12-31T23:59:59.999-12:00"])
def test_a_record_is_taken_whatever_the_clock_showed(tablet, visit, officer, capture_key, wall):
    clocks = {"wall": wall, "since_ms": 0, "offset_ms": None}
    sealed = tablet.seal(
        visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, manifest={"clocks": clocks}
    )
    assert tablet.upload(sealed).status == 201


def test_a_photo_of_20_megabytes_is_refused_in_plain_words(tablet, visit, officer, capture_key):
    sealed = tablet.seal(
        visit=str(visit.pk),
        officer=officer.pk,
        capture_key=capture_key,
        parts={"photo": b"\xff\xd8\xff" * 7_000_000},
    )
    answer = tablet.offer(sealed)
    assert _problem(answer) == (413, "too-large", "fix-data")
    assert answer.json["errors"] == [
        {"field": "parts", "message": "Seluruh rekaman paling besar 25 MB; perkecil foto."}
    ]
    assert "Perkecil foto" in answer.json["detail"]


def test_more_than_twenty_parts_are_refused(tablet, visit, officer, capture_key):
    parts = {f"document_{n}": b"x" for n in range(20)}
    sealed = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, parts=parts)
    assert tablet.offer(sealed).code == "too-large"


def test_twenty_unfinished_captures_are_enough(tablet, visit, officer, capture_key):
    captures = [
        tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key) for _ in range(21)
    ]
    assert [tablet.offer(capture).status for capture in captures[:20]] == [202] * 20
    last = tablet.offer(captures[20])
    assert _problem(last) == (429, "too-many-open", "retry-after")
    assert int(last.headers["Retry-After"]) > 0
    assert tablet.offer(captures[0]).status == 202  # what was begun goes on
    tablet.upload(captures[0])
    assert tablet.offer(captures[20]).status == 202


def test_a_capture_for_another_teams_visit_is_taken_all_the_same(new_tablet, visit, capture_key):
    other = new_tablet(TeamFactory())
    sealed = other.seal(visit=str(visit.pk), officer=999, capture_key=capture_key)
    assert other.upload(sealed).status == 201


def test_revoked_in_mid_upload_it_may_still_hand_in_but_reads_nothing(tablet, sealed):
    missing = tablet.offer(sealed).json["missing"]
    tablet.put_chunk(missing[0], sealed.chunks[missing[0]])
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    assert tablet.call("GET", "/days").status == 423
    assert tablet.upload(sealed).status == 201
    assert tablet.status(sealed.id)[0]["state"] == "stored"


def test_a_capture_begun_after_the_revoke_is_marked(tablet, sealed):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    assert tablet.upload(sealed).status == 201
    assert CaptureState.objects.get().revoked is True


def test_a_wiped_tablet_says_its_last_word_twice_and_is_gone(tablet, sealed):
    assert [tablet.call("POST", "/devices/me/wiped", {}).status for _ in range(2)] == [204, 204]
    assert tablet.offer(sealed).status == 401
    assert tablet.call("GET", "/me").status == 401
    assert Device.objects.get().state == "wiped"


def test_the_status_of_captures_in_the_order_asked(
    tablet, sealed, visit, officer, capture_key, new_tablet, team
):
    incomplete = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key)
    tablet.offer(incomplete)
    stored = tablet.upload(sealed)
    unknown = "01900000-0000-7000-8000-000000000000"

    states = tablet.status(incomplete.id, unknown, sealed.id)

    assert [state["state"] for state in states] == ["incomplete", "unknown", "stored"]
    assert states[0]["missing"] == list(incomplete.chunks)
    assert states[2]["receipts"] == {"stored": stored.json["receipt"]}
    assert new_tablet(team).status(sealed.id)[0] == {**states[1], "capture": sealed.id}


def test_the_status_of_too_many_or_no_captures(tablet):
    assert tablet.status() == []
    many = ["01900000-0000-7000-8000-000000000000"] * 501
    assert tablet.call("POST", "/captures/status", {"captures": many}).code == "invalid"
    wrongs: list[Any] = [{}, {"captures": "x"}, {"captures": [1]}, {"captures": ["x" * 36]}, [], "x", None, 7]
    for wrong in wrongs:
        assert tablet.call("POST", "/captures/status", wrong).status in (400, 422)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"NaN",
        b'{"manifest": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"manifest": "' + b"x" * 1_100_000 + b'"}',
        b'{"manifest": "\\u0000"}',
        b'{"manifest": "a", "manifest": "b"}',
        b"\xff" * 10,
        b'{"manifest": ' + b"9" * 10_000 + b"}",
    ],
)
def test_hostile_bodies_are_refused_as_problems(tablet, sealed, raw):
    answer = tablet.call("PUT", f"/captures/{sealed.id}", raw=raw)
    assert answer.status in (400, 413, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/xml", "multipart/form-data; boundary=x", ""]
)
def test_a_manifest_is_json_only(tablet, sealed, content_type):
    raw = json.dumps({"manifest": sealed.manifest}).encode()
    answer = tablet.call("PUT", f"/captures/{sealed.id}", raw=raw, content_type=content_type)
    assert answer.status == 415
