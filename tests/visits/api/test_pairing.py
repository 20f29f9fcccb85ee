"""Ping, pairing and tokens."""

import secrets
from datetime import timedelta

import pytest

from outreach.models import LogEntry
from tests.factories.visits import TeamFactory
from visits.enums import KeyRole
from visits.keys import epochs, office_keys
from visits.lib import jose
from visits.models import Device, DeviceToken, PairingCode
from visits.tablets import devices

NONCE = "abcdefghijklmnop"


def _code(team):
    return devices.make_pairing_code(team=team, user=None, actor="system")[0]


def test_a_ping_is_signed_over_the_nonce(stranger):
    answer = stranger.call("GET", f"/ping?nonce={NONCE}")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    kid, payload = jose.peek_jws(answer.json["ping"], typ="jb-ping+jws")
    assert payload["nonce"] == NONCE
    assert payload["oldest_client"] == 1
    assert payload["epoch"] == epochs.current_epoch()
    assert set(payload) == {"nonce", "time", "oldest_client", "epoch"}
    assert len(kid) == 43


def test_a_ping_tells_how_the_servers_key_came_about(stranger):
    first = office_keys.current_key(KeyRole.SERVER)
    assert stranger.call("GET", f"/ping?nonce={NONCE}").json["key_chain"] == []
    second = office_keys.rotate_key(KeyRole.SERVER, actor="system")
    third = office_keys.rotate_key(KeyRole.SERVER, actor="system")

    answer = stranger.call("GET", f"/ping?nonce={NONCE}").json

    links = [jose.peek_jws(link, typ="jb-key+jws") for link in answer["key_chain"]]
    assert [(signer, link["kid"]) for signer, link in links] == [
        (first.kid, second.kid),
        (second.kid, third.kid),
    ]
    assert jose.peek_jws(answer["ping"], typ="jb-ping+jws")[0] == third.kid


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "a b" * 8, "é" * 20, NONCE + "%0a"])
def test_a_ping_without_a_proper_nonce_is_refused(stranger, nonce):
    answer = stranger.call("GET", f"/ping?nonce={nonce}")
    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_tablet_joins_with_its_code_and_learns_who_it_is(stranger, team, officer, capture_key):
    answer = stranger.pair(_code(team).lower().replace("-", " "))

    assert answer.status == 201
    assert answer.json["epoch"] == epochs.current_epoch()
    me = stranger.me()
    assert me["device"] == stranger.device
    assert me["team"] == {"id": team.pk, "name": team.name}
    assert me["officers"] == [{"id": officer.pk, "name": officer.name}]
    assert me["capture_keys"] == [capture_key]
    assert {key["role"] for key in me["server_keys"]} == {"server", "worker"}
    server = next(key for key in me["server_keys"] if key["role"] == "server")
    signed = stranger.call("GET", "/me").json["me"]
    assert (
        jose.verify_jws(signed, typ="jb-me+jws", key=jose.import_public(server["jwk"]), kid=server["kid"])[
            "device"
        ]
        == stranger.device
    )
    assert stranger.token not in str(list(DeviceToken.objects.values_list("digest", flat=True)))


def test_the_same_code_and_key_give_the_same_tablet_a_fresh_token(stranger, team):
    code = _code(team)
    first = stranger.pair(code)
    second = stranger.pair(code)

    assert (first.status, second.status) == (201, 201)
    assert first.json["device"] == second.json["device"]
    assert first.json["token"] != second.json["token"]
    assert Device.objects.count() == 1
    stranger.token = first.json["token"]  # the second answer was lost: the first token still holds
    assert stranger.call("GET", "/me").status == 200


def test_a_code_used_by_another_key_is_gone(stranger, new_tablet, team):
    code = _code(team)
    stranger.pair(code)
    stranger.key = jose.new_ec_key()
    answer = stranger.pair(code)
    assert (answer.status, answer.code) == (410, "code-gone")


def test_an_expired_or_unknown_code_is_gone(stranger, team, clock):
    code = _code(team)
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        assert stranger.pair(code).status == 410
    assert stranger.pair("AAAA-BBBB-CC").status == 410
    assert Device.objects.count() == 0


def test_a_key_of_another_pairing_conflicts(stranger, team):
    stranger.pair(_code(team))
    answer = stranger.pair(_code(team))
    assert (answer.status, answer.code) == (409, "conflict-key")


def test_an_old_client_is_asked_to_upgrade(stranger, team, settings):
    settings.OLDEST_CLIENT = 2
    code = _code(team)
    answer = stranger.pair(code)
    assert (answer.status, answer.code, answer.json["retry"]) == (426, "client-too-old", "upgrade")
    assert PairingCode.objects.get().used_at is None


def test_a_pairing_signed_by_another_key_is_refused(stranger, team):
    payload = {"code": _code(team), "key": stranger.jwk, "name": "x", "client": 1}
    forged = jose.sign_jws(
        payload=payload, typ="jb-pairing+jws", key=jose.new_ec_key(), kid=jose.key_thumbprint(stranger.jwk)
    )
    answer = stranger.call("POST", "/devices", {"jws": forged})
    assert (answer.status, answer.code) == (400, "bad-signature")


@pytest.mark.parametrize(
    "changes",
    [{"code": 7}, {"code": "x" * 41}, {"client": "1"}, {"name": 5}, {"client": None}, {"client": True}],
)
def test_a_pairing_of_another_shape_is_invalid(stranger, team, changes):
    answer = stranger.pair("AAAA-BBBB-CC", **changes)
    assert (answer.status, answer.code) == (422, "invalid")


def test_pairing_is_limited_by_address(stranger):
    statuses = [stranger.pair("AAAA-BBBB-CC").status for _ in range(21)]
    assert statuses == [410] * 20 + [429]
    answer = stranger.pair("AAAA-BBBB-CC")
    assert answer.code == "too-many"
    assert int(answer.headers["Retry-After"]) > 0


def test_a_new_token_comes_for_a_signature_over_a_fresh_ping(tablet):
    tablet.token = ""
    jws = tablet.sign({"device": tablet.device, "ping": tablet.ping()}, "jb-token+jws")
    answer = tablet.call("POST", "/tokens", {"jws": jws})

    assert answer.status == 201
    tablet.token = answer.json["token"]
    assert tablet.call("GET", "/me").status == 200


def _new_token(tablet, ping, **changes):
    payload = {"device": tablet.device, "ping": ping, **changes}
    return tablet.call("POST", "/tokens", {"jws": tablet.sign(payload, "jb-token+jws")})


def test_a_stale_or_foreign_ping_gives_no_token(tablet, clock):
    ping = tablet.ping()
    with clock.at(clock.now() + timedelta(minutes=5, seconds=2)):
        assert _new_token(tablet, ping).code == "ping-stale"
    foreign = jose.sign_jws(
        payload=jose.peek_jws(ping, typ="jb-ping+jws")[1],
        typ="jb-ping+jws",
        key=tablet.key,
        kid=tablet.device,
    )
    for other in (foreign, ping[:-4] + "AAAA", "", None, 5):
        answer = _new_token(tablet, other)
        assert (answer.status, answer.code) == (401, "ping-stale")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_request_by_a_stranger_is_refused(tablet, new_tablet, team):
    other = new_tablet(team)
    jws = jose.sign_jws(
        payload={"device": tablet.device, "ping": tablet.ping()},
        typ="jb-token+jws",
        key=other.key,
        kid=tablet.device,
    )
    assert other.call("POST", "/tokens", {"jws": jws}).code == "bad-signature"
    unknown = jose.sign_jws(payload={}, typ="jb-token+jws", key=other.key, kid=secrets.token_hex(8))
    assert other.call("POST", "/tokens", {"jws": unknown}).code == "unauthenticated"
    assert _new_token(tablet, tablet.ping(), device=other.device).code == "bad-signature"


def test_a_tablet_replaces_its_key_and_the_old_one_opens_nothing(tablet, new_tablet, team):
    old_key, old_token, fresh = tablet.key, tablet.token, jose.new_ec_key()
    ping = tablet.ping()
    words = {"device": tablet.device, "ping": ping}

    def prove(key, **changes):
        kid = jose.key_thumbprint(jose.public_jwk(key))
        return jose.sign_jws(payload={**words, **changes}, typ="jb-token+jws", key=key, kid=kid)

    for wrong in (
        {"key": jose.public_jwk(fresh)},
        {"key": jose.public_jwk(fresh), "proof": prove(old_key)},
        {"key": jose.public_jwk(fresh), "proof": prove(fresh, device="another")},
        {"key": {"kty": "oct"}, "proof": prove(fresh)},
        {"key": (taken := new_tablet(team)).jwk, "proof": prove(taken.key)},
    ):
        assert _new_token(tablet, ping, **wrong).code == "bad-signature"
    assert tablet.call("GET", "/me").status == 200

    answer = _new_token(tablet, ping, key=jose.public_jwk(fresh), proof=prove(fresh))
    assert answer.status == 201
    assert tablet.call("GET", "/me").status == 401, old_token
    assert _new_token(tablet, tablet.ping()).code == "bad-signature"
    tablet.key, tablet.token = fresh, answer.json["token"]
    assert tablet.call("GET", "/me").status == 200
    assert _new_token(tablet, tablet.ping()).status == 201
    assert LogEntry.objects.filter(action="device_key_replaced", subject_id=tablet.device).count() == 1


def test_a_revoked_tablet_gets_no_token_but_the_word_to_wipe(tablet):
    ping = tablet.ping()
    assert devices.revoke_device(device=Device.objects.get(), actor="user:1")
    answer = _new_token(tablet, ping)
    assert (answer.status, answer.code, answer.json["retry"]) == (423, "device-revoked", "wipe")
    assert jose.peek_jws(answer.json["signed"], typ="jb-me+jws")[1]["wipe"] is True


def test_a_token_runs_out_after_a_week(tablet, clock):
    with clock.at(clock.now() + timedelta(days=7, seconds=1)):
        answer = tablet.call("GET", "/me")
        assert (answer.status, answer.code) == (401, "unauthenticated")


def test_only_the_last_two_tokens_are_kept(tablet):
    device = Device.objects.get()
    for _ in range(4):
        devices.issue_token(device=device)
    assert DeviceToken.objects.count() == 2


def test_joining_is_logged_without_the_code(stranger, team):
    code = _code(team)
    stranger.pair(code)
    assert list(
        LogEntry.objects.exclude(action__in=("key_made", "epoch_began")).values_list("action", flat=True)
    ) == [
        "pairing_code_made",
        "device_paired",
    ]
    assert code not in str(list(LogEntry.objects.values()))


def test_two_teams_have_their_own_tablets(new_tablet, team):
    other = new_tablet(TeamFactory())
    assert other.me()["team"]["id"] != team.pk
