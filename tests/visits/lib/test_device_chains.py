"""The chain of what devices captured: what holds, and each way in which it does not."""

import base64
import json
from typing import Any

import pytest

from tests.fakes.sbi_answers import EMPTY, MadeUpDevice
from visits.lib import device_chains
from visits.lib.device_chains import ChainError, verify_captures

TRANSACTION = "01900000-0000-7000-8000-000000000001"
LEFT = ["Left IndexFinger", "Left MiddleFinger", "Left RingFinger", "Left LittleFinger"]
RIGHT = [name.replace("Left", "Right") for name in LEFT]
HAND = {"index", "middle", "ring", "little"}


@pytest.fixture(scope="module")
def device() -> MadeUpDevice:
    return MadeUpDevice()


def _part(*captures: tuple[int, list[dict[str, Any]]]) -> bytes:
    return json.dumps(
        {"captures": [{"link": link, "entries": entries} for link, entries in captures]}
    ).encode()


def _hand(
    device: MadeUpDevice, names: list[str] = LEFT, previous: str = EMPTY, **changes: Any
) -> list[dict[str, Any]]:
    return device.capture("Finger", names, **{"transaction": TRANSACTION, "previous": previous, **changes})


def _code(parts: dict[str, bytes], links: list[str]) -> str:
    with pytest.raises(ChainError) as refused:
        verify_captures(parts, transaction=TRANSACTION, links=links)
    return refused.value.code


@pytest.mark.parametrize("rule", ["digests", "text"])
@pytest.mark.parametrize("version", ["0.9.5", "1.0", "1.0.0"])
def test_verify_captures_follows_the_chain_across_captures_and_kinds(device, rule, version):
    device.rule = rule
    left = _hand(device, version=version)
    right = _hand(device, RIGHT, previous=left[-1]["hash"], version=version)
    eyes = device.capture(
        "Iris", ["Left", "Right"], transaction=TRANSACTION, previous=right[-1]["hash"], version=version
    )
    links = [one[-1]["hash"] for one in (left, right, eyes)]

    found = verify_captures(
        {"fingers": _part((0, left), (1, right)), "irises": _part((2, eyes))},
        transaction=TRANSACTION,
        links=links,
    )

    assert found == {f"{side}_{finger}" for side in ("left", "right") for finger in HAND} | {
        "left_iris",
        "right_iris",
    }


def test_a_capture_taken_again_leaves_its_link(device):
    first = _hand(device)
    again = _hand(device, previous=first[-1]["hash"])
    links = [first[-1]["hash"], again[-1]["hash"]]

    assert verify_captures({"fingers": _part((1, again))}, transaction=TRANSACTION, links=links) == {
        f"left_{finger}" for finger in HAND
    }


def test_nothing_taken_is_nothing_wrong():
    assert verify_captures({}, transaction="", links=[]) == frozenset()


def test_a_chain_that_was_cut_or_changed_does_not_hold(device):
    left = _hand(device)
    end = left[-1]["hash"]

    assert _code({"fingers": _part((0, left[:-1]))}, [end]) == "hash"
    assert _code({"fingers": _part((0, left[1:]))}, [end]) == "hash"
    assert _code({"fingers": _part((0, left[::-1]))}, [end]) == "hash"
    assert _code({"fingers": _part((0, left))}, ["0" * 64]) == "hash"
    assert _code({"fingers": _part((1, left))}, ["0" * 64, end]) == "hash"
    assert _code({"fingers": _part((1, left))}, [end]) == "hash"
    assert _code({"fingers": _part((0, left), (0, left))}, [end]) == "hash"
    assert _code({"fingers": _part((0, [{**left[0], "hash": "0" * 64}, *left[1:]]))}, [end]) == "hash"


def test_what_another_transaction_took_does_not_hold(device):
    other = _hand(device, transaction="lain-sama-sekali")

    assert _code({"fingers": _part((0, other))}, [other[-1]["hash"]]) == "transaction"


def test_a_picture_that_was_changed_after_signing_does_not_hold(device):
    left = _hand(device)
    header, _, signature = left[0]["data"].split(".")
    payload = device.entry("Finger", LEFT[0], transaction=TRANSACTION, previous=EMPTY, qualityScore="99")[
        "data"
    ].split(".")[1]
    left[0]["data"] = ".".join((header, payload, signature))

    assert _code({"fingers": _part((0, left))}, [left[-1]["hash"]]) == "signature"


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"x5c": []}, {"x5c": ["AAAA"]}, {"x5c": [1]}, {"crit": ["x"]}],
)
def test_only_a_jws_with_its_certificate_holds(device, header):
    entry = _hand(device, LEFT[:1])[0]
    entry["data"] = device.sign({"transactionId": TRANSACTION}, **header)

    assert _code({"fingers": _part((0, [entry]))}, [entry["hash"]]) == "shape"


@pytest.mark.parametrize(
    ("known", "strange"),
    [
        ("a003020102", "a003020105"),  # a version of X.509 that does not exist
        ("2a864886f70d010101", "2a864886f70d01017f"),  # a kind of key that nobody knows
    ],
)
def test_a_strange_certificate_is_a_doubt_and_no_fault_of_ours(device, known, strange):
    whole = base64.b64decode(device.x5c[0])
    odd = whole.replace(bytes.fromhex(known), bytes.fromhex(strange), 1)
    assert odd != whole
    entry = _hand(device, LEFT[:1])[0]
    entry["data"] = device.sign({"transactionId": TRANSACTION}, x5c=[base64.b64encode(odd).decode()])

    assert _code({"fingers": _part((0, [entry]))}, [entry["hash"]]) == "shape"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bioType": "Iris", "bioSubType": "Left"}, "parts"),
        ({"bioSubType": "UNKNOWN"}, "parts"),
        ({"bioSubType": None}, "parts"),
        ({"bioSubType": ["Left Thumb"]}, "parts"),
        ({"bioValue": ""}, "shape"),
        ({"bioValue": "*"}, "shape"),
        ({"transactionId": None}, "transaction"),
    ],
)
def test_what_is_no_finger_of_this_record_does_not_hold(device, changes, code):
    entry = _hand(device, LEFT[:1], **changes)[0]

    assert _code({"fingers": _part((0, [entry]))}, [entry["hash"]]) == code


def test_a_finger_is_there_once(device):
    left = _hand(device)
    twice = _hand(device, previous=left[-1]["hash"])

    assert _code({"fingers": _part((0, left), (1, twice))}, [left[-1]["hash"], twice[-1]["hash"]]) == "parts"


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b"[]",
            b"{}",
            b'{"captures": []}',
            b'{"captures": [1]}',
            b'{"captures": [{"link": true, "entries": [{}]}]}',
        ),
        *(b'{"captures": [{"link": 0, "entries": []}]}', b'{"captures": [{"link": 0, "entries": [{}]}]}'),
        b'{"captures": [{"link": 0, "entries": [{"specVersion": "1.0", "data": "a.b.c", "hash": "x"}]}]}',
        b'{"captures": [{"link": 0, "entries": [{"specVersion": "1.0", "data": "a.b", "hash": "%s"}]}]}'
        % (b"0" * 64),
    ],
)
def test_what_has_not_the_shape_does_not_hold(raw):
    assert _code({"fingers": raw}, ["0" * 64]) == "shape"


def test_an_unknown_version_does_not_hold(device):
    left = _hand(device, version="0.9.2")

    assert _code({"fingers": _part((0, left))}, [left[-1]["hash"]]) == "version"


def test_too_large_a_part_is_not_read(monkeypatch, device):
    monkeypatch.setattr(device_chains, "PART_BYTES", 100)
    left = _hand(device)

    assert _code({"fingers": _part((0, left))}, [left[-1]["hash"]]) == "shape"
