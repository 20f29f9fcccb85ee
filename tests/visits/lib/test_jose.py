"""Signatures and sealing: what is ours holds, every confusion of algorithms is refused before a key is used."""

import base64
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwe

from visits.lib import jose

KEY = jose.new_ec_key()
PUBLIC = jose.import_public(jose.public_jwk(KEY))
KID = jose.key_thumbprint(jose.public_jwk(KEY))
TYP = "jb-manifest+jws"


def test_no_key_id_looks_like_an_option_of_a_command():
    assert not any(str(jose.new_ec_key().kid).startswith("-") for _ in range(200))


def _b64(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(payload=None) -> str:
    return jose.sign_jws(payload=payload or {"a": 1}, typ=TYP, key=KEY, kid=KID)


def test_a_signed_message_is_read_back():
    assert jose.verify_jws(_signed({"a": [1, "é"]}), typ=TYP, key=PUBLIC, kid=KID) == {"a": [1, "é"]}


def test_the_thumbprint_is_the_key_id():
    assert KEY.kid == KID
    assert len(KID) == 43


def _with_header(**changes) -> str:
    header = {"alg": "ES256", "typ": TYP, "kid": KID, **changes}
    _head, payload, signature = _signed().split(".")
    return f"{_b64({k: v for k, v in header.items() if v is not ...})}.{payload}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        "",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        "x" * 70_000,
        _signed() + "=",
        _signed()[:-4],
        _signed().replace(".", ". "),
        _with_header(alg="none"),
        _with_header(alg="HS256"),
        _with_header(alg="ES384"),
        _with_header(alg=None),
        _with_header(typ="jb-token+jws"),
        _with_header(typ=...),
        _with_header(kid="other"),
        _with_header(kid=...),
        _with_header(kid=["a"]),
        _with_header(crit=["b64"], b64=False),
        _with_header(jwk=jose.public_jwk(KEY)),
        _with_header(jku="http://127.0.0.1/keys"),
        _with_header(zip="DEF"),
        f"{_b64({'alg': 'none', 'typ': TYP, 'kid': KID})}.{_b64({'a': 1})}.",
    ],
)
def test_a_message_of_another_shape_is_refused(token):
    with pytest.raises(jose.JoseError):
        jose.verify_jws(token, typ=TYP, key=PUBLIC, kid=KID)


def test_the_public_key_taken_as_a_shared_secret_is_refused():
    head = f"{_b64({'alg': 'HS256', 'typ': TYP, 'kid': KID})}.{_b64({'a': 1})}"
    secret = PUBLIC.as_pem(private=False)
    forged = f"{head}.{_b64(hmac.new(secret, head.encode(), 'sha256').digest())}"
    with pytest.raises(jose.JoseError):
        jose.verify_jws(forged, typ=TYP, key=PUBLIC, kid=KID)


def test_another_key_under_the_right_key_id_is_refused():
    forged = jose.sign_jws(payload={"a": 1}, typ=TYP, key=jose.new_ec_key(), kid=KID)
    with pytest.raises(jose.JoseError):
        jose.verify_jws(forged, typ=TYP, key=PUBLIC, kid=KID)


@pytest.mark.parametrize("position", [5, 70, 150, 200])
def test_a_changed_letter_is_refused(position):
    token = _signed({"long": "x" * 60})
    letter = "A" if token[position] != "A" else "B"
    with pytest.raises(jose.JoseError):
        jose.verify_jws(token[:position] + letter + token[position + 1 :], typ=TYP, key=PUBLIC, kid=KID)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_refused_without_a_crash(text):
    with pytest.raises(jose.JoseError):
        jose.verify_jws(text, typ=TYP, key=PUBLIC, kid=KID)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {**jose.public_jwk(KEY), "kty": "RSA"},
        {**jose.public_jwk(KEY), "crv": "P-384"},
        {**jose.public_jwk(KEY), "x": jose.public_jwk(jose.new_ec_key())["x"]},
        {**jose.public_jwk(KEY), "x": "short"},
        {**jose.public_jwk(KEY), "y": 5},
        {**jose.public_jwk(KEY), "d": "A" * 43},
    ],
)
def test_a_key_that_is_not_a_public_point_is_refused(jwk):
    with pytest.raises(jose.JoseError):
        jose.import_public(jwk)


def _sealed(plain: bytes = b"hello") -> bytes:
    return jose.seal_part(plain=plain, key=PUBLIC, kid=KID, capture="c1", part="photo")


def test_a_sealed_part_is_opened_with_its_key_alone():
    assert (
        jose.open_part(_sealed(b"x" * 300_000), key=KEY, kid=KID, capture="c1", part="photo")
        == b"x" * 300_000
    )
    with pytest.raises(jose.JoseError):
        jose.open_part(_sealed(), key=jose.new_ec_key(), kid=KID, capture="c1", part="photo")


@pytest.mark.parametrize(
    ("capture", "part", "kid"),
    [("c2", "photo", KID), ("c1", "form", KID), ("c1", "photo", "k")],
    ids=["capture", "part", "key"],
)
def test_a_part_of_another_capture_name_or_key_is_refused(capture, part, kid):
    with pytest.raises(jose.JoseError):
        jose.open_part(_sealed(), key=KEY, kid=kid, capture=capture, part=part)


@pytest.mark.parametrize("position", [10, 420, 480, 500, -3])
def test_a_flipped_letter_of_a_part_is_refused(position):
    sealed = bytearray(_sealed(b"y" * 100))
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")
    with pytest.raises(jose.JoseError):
        jose.open_part(bytes(sealed), key=KEY, kid=KID, capture="c1", part="photo")


def _sealed_with(**changes) -> bytes:
    header, *rest = _sealed().decode().split(".")
    data = json.loads(jose.decode_segment(header))
    data.update(changes)
    return ".".join([_b64(data), *rest]).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"zip": "DEF"},
        {"p2c": 10_000_000},
        {"alg": "PBES2-HS256+A128KW", "p2c": 10_000_000, "p2s": "AAAA"},
        {"alg": "dir"},
        {"alg": "ECDH-ES"},
        {"enc": "A128CBC-HS256"},
        {"crit": ["exp"]},
        {"apu": "AAAA"},
        {"typ": "JWE"},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},
        {"epk": "none"},
    ],
)
def test_a_sealed_header_of_another_shape_is_refused(changes):
    with pytest.raises(jose.JoseError):
        jose.open_part(_sealed_with(**changes), key=KEY, kid=KID, capture="c1", part="photo")


def test_a_compressed_part_that_is_really_compressed_is_refused():
    header = {"alg": jose.SEAL_ALG, "enc": jose.SEAL_ENC, "zip": "DEF", "kid": KID}
    bomb = jwe.encrypt_compact(
        header, b"0" * 100_000, PUBLIC, algorithms=[jose.SEAL_ALG, jose.SEAL_ENC, "DEF"]
    )
    with pytest.raises(jose.JoseError):
        jose.open_part(bomb.encode(), key=KEY, kid=KID, capture="c1", part="photo")
