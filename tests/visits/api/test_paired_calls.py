"""A paired tablet at work, mixed with what the OpenAPI file allows and forbids: no answer that the file does not
describe.

schemathesis makes each call. Address, headers, body and token are often replaced by real ones (days, records,
chunks, signed messages; tokens of an active, a revoked, a wiped tablet), so that calls come past the door.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from outreach.models import Throttle
from tests.factories.visits import TeamFactory
from tests.support.databases import is_postgres
from tests.support.tablet import Answer, Sealed, Tablet, join_items
from tests.visits.api.test_fuzz import OPERATIONS
from visits.api import throttles
from visits.models import Device, TeamMessage
from visits.records import stored_chunks
from visits.tablets import devices

HOST = "http://tablet.example.invalid"
CHECKS: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 120 if is_postgres() else 80  # the same ones every time; SQLite takes more of what is wrong
# what each call must have answered at least once, so that none is only ever turned away at the door
EXPECTED = {
    "GET /me": {200, 401, 423},
    "GET /ping": {200, 422},
    "GET /days": {200, 304, 401, 423, 426},
    "GET /days/{day}": {200, 304, 401, 404, 423, 426},
    "POST /devices": {201, 400, 410, 422, 426},
    "POST /devices/me/wiped": {204, 401},
    "POST /events": {200, 401, 422},
    "POST /tokens": {201, 400, 401, 422, 423},
    "POST /captures/status": {200, 401, 422},
    "PUT /captures/{capture}": {200, 201, 202, 400, 401, 403, 422},
    "PUT /captures/{capture}/parts": {200, 201, 202, 400, 401, 403},
    "PUT /devices/me/blobs/{sha256}": {200, 201, 401, 404, 422},
}


@dataclass
class Known:
    """What is really there: tokens, header values by name, and by call pairs of address values and a body."""

    tablet: Tablet
    tokens: list[str]
    headers: dict[str, list[str]]
    pairs: dict[str, list[tuple[dict[str, str], Any]]]
    chunks: list[str]  # not yet here

    def forget_calls(self) -> None:
        """What is not in the database: counts, and files of chunks."""
        throttles.reset_counts()
        Throttle.objects.all().delete()
        device = Device.objects.get(pk=self.tablet.device)
        for sha in self.chunks:
            stored_chunks.chunk_path(device, sha).unlink(missing_ok=True)


def _list_facts(
    tablet: Tablet, today: date, visit: str, officer: int, message: int, capture: str
) -> list[dict[str, Any]]:
    event = tablet.event
    return [
        event("departed", officer=officer, day=today.isoformat()),
        event("arrived", visit=visit, officer=officer),
        event("note", officer=officer, text="Catatan uji"),
        event("day_closed", officer=officer, day=today.isoformat(), carried=1),
        event("message_read", officer=officer, message=message),
        event("outcome", visit=visit, officer=officer, outcome="done", capture=capture),
        event("outcome", visit=capture, officer=officer, outcome="done"),  # no visit of this number
    ]


def _list_record_bodies(captures: list[Sealed]) -> list[tuple[dict[str, str], bytes]]:
    """Each record without chunks, with one, with all, and cut."""
    found = []
    for capture in captures:
        whole = [capture.manifest.encode(), *capture.chunks.values()]
        bodies = [join_items(whole[:1]), join_items(whole[:2]), join_items(whole), join_items(whole)[:-9]]
        found += [({"capture": capture.id}, body) for body in bodies]
    return found


@dataclass
class Captures:
    """Records of a tablet at every step, and one of another team's tablet."""

    new: Sealed
    begun: Sealed
    all_here: Sealed
    done: Sealed
    theirs: Sealed

    @property
    def all(self) -> list[Sealed]:
        return [self.new, self.begun, self.all_here, self.done, self.theirs]


@pytest.fixture
def foreign(new_tablet) -> Tablet:
    tablet: Tablet = new_tablet(TeamFactory())
    return tablet


@pytest.fixture
def captures(tablet, foreign, officer, visit, capture_key) -> Captures:
    def seal(of: Tablet) -> Sealed:
        return of.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key)

    made = Captures(*(seal(of) for of in (tablet, tablet, tablet, tablet, foreign)))
    assert [tablet.offer(capture).status for capture in (made.begun, made.all_here)] == [202, 202]
    assert {tablet.put_chunk(sha, data).status for sha, data in made.all_here.chunks.items()} == {201}
    assert [of.upload(one).status for of, one in ((tablet, made.done), (foreign, made.theirs))] == [201, 201]
    return made


@pytest.fixture
def gone(new_tablet, team) -> tuple[Tablet, Tablet]:
    """A revoked tablet of the team, and a wiped one."""
    revoked, wiped = new_tablet(team), new_tablet(team)
    for one in (revoked, wiped):
        assert devices.revoke_device(device=Device.objects.get(pk=one.device), actor="system")
    assert wiped.call("POST", "/devices/me/wiped", {}).status == 204
    return revoked, wiped


def _list_capture_pairs(captures: Captures) -> dict[str, list[tuple[dict[str, str], Any]]]:
    return {
        "POST /captures/status": [({}, {"captures": [capture.id for capture in captures.all]})],
        "PUT /captures/{capture}": [
            ({"capture": named.id}, {"manifest": capture.manifest})
            for capture in captures.all
            for named in (capture, capture, captures.new)
        ],
        "PUT /captures/{capture}/parts": _list_record_bodies(captures.all),
        "PUT /devices/me/blobs/{sha256}": [
            ({"sha256": sha}, data)
            for capture in (captures.begun, captures.begun, captures.done, captures.theirs)
            for sha, good in capture.chunks.items()
            for data in (good, good, good[:-1])
        ],
    }


def _list_signed_pairs(
    tablet: Tablet, gone: tuple[Tablet, Tablet], code: str
) -> dict[str, list[tuple[dict[str, str], Any]]]:
    newcomer, ping = Tablet(tablet.send, device=gone[1].device), tablet.ping()

    def sign(of: Tablet, **changes: Any) -> tuple[dict[str, str], dict[str, str]]:
        return {}, {"jws": of.sign({"device": of.device, "ping": ping, **changes}, "jb-token+jws")}

    pairings = [
        newcomer.pairing(code),
        newcomer.pairing("AAAA-AAAA-AA"),
        newcomer.pairing(code, client=0),
        tablet.pairing(code),
    ]
    return {
        "POST /devices": [({}, {"jws": jws}) for jws in pairings],
        "POST /tokens": [
            *(sign(of) for of in (tablet, *gone, newcomer)),
            *(sign(tablet, **changes) for changes in ({"ping": "x"}, {"key": tablet.jwk, "proof": "x"})),
        ],
    }


@pytest.fixture
def known(tablet, foreign, captures, gone, team, officer, visit, settings, clock) -> Known:
    """A tablet with records at every step, beside a revoked one, a wiped one and one of another team."""
    settings.OLDEST_CLIENT = 1
    today = clock.today()
    message = TeamMessage.objects.create(team=team, text="Jembatan Contoh ditutup.")
    facts = _list_facts(tablet, today, str(visit.pk), officer.pk, message.pk, captures.done.id)
    code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
    days = tablet.call("GET", "/days")
    return Known(
        tablet=tablet,
        tokens=[tablet.token] * 6 + [foreign.token, *(one.token for one in gone), "", "x" * 43],
        headers={
            "If-None-Match": [days.headers["ETag"], f'W/"{days.json["days"][today.isoformat()]}"'],
            "Jb-Client": ["1", "1", "0"],
        },
        pairs={
            "GET /days/{day}": [
                ({"day": (today + timedelta(days=off)).isoformat()}, None)
                for off in (-2, 0, 0, 0, 0, 1, 5, 8)
            ],
            "POST /devices/me/wiped": [({}, {})],
            "POST /events": [
                ({}, {"events": events}) for events in (facts, facts[::-1], [{}, *facts, *facts])
            ],
            **_list_capture_pairs(captures),
            **_list_signed_pairs(tablet, gone, code),
        },
        chunks=[*captures.new.chunks, *captures.begun.chunks],
    )


def _read_body(body: Any) -> bytes:
    if isinstance(body, NotSet) or body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode(errors="replace")


def _draw_call(known: Known, case: Any, data: Any) -> tuple[dict[str, str], Any, dict[str, str]]:
    """The address, body and headers of a case, often with something real in their place."""

    def pick(real: list[Any], made: Any) -> Any:
        return data.draw(st.sampled_from(real)) if real and data.draw(st.integers(0, 3)) else made

    address, body = pick(known.pairs.get(case.operation.label, []), ({}, case.body))
    made = {name: str(value) for name, value in (case.headers or {}).items()}
    headers = {name: pick(known.headers[name], made.get(name, "")) for name in known.headers}
    headers = {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
    if token := data.draw(st.sampled_from(known.tokens)):
        headers["Authorization"] = f"Bearer {token}"
    return address, body, headers


def _send(known: Known, case: Any, address: dict[str, str], body: Any, headers: dict[str, str]) -> Response:
    """The case over the test client, with this body and these headers; what came back, for the checks."""
    path = case.path
    for name, value in {**case.path_parameters, **address}.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    headers["Content-Type"] = case.media_type or "application/json"
    raw = _read_body(body)
    request = requests.Request(
        case.method, f"{HOST}/api/v1{path}", params=case.query or {}, headers=headers, data=raw
    ).prepare()
    assert request.path_url is not None
    answer = Answer(*known.tablet.send(case.method, request.path_url, body=raw, headers=headers))
    return Response(
        status_code=answer.status,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.body,
        request=request,
        elapsed=0.0,
        verify=False,
    )


def _list_real_calls(
    known: Known, operation: Any
) -> Iterator[tuple[Any, dict[str, str], Any, dict[str, str]]]:
    """Each pair that is really there, by the tablet itself and by everybody else who has a token."""
    for address, body in known.pairs.get(operation.label, []):
        media = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        for token in dict.fromkeys(filter(None, known.tokens)):
            headers = {"Authorization": f"Bearer {token}", "Jb-Client": "1"}
            case = operation.Case(path_parameters=address, body=body, media_type=media)
            yield case, address, body, headers


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_to_a_paired_tablet_is_described(known, label):
    operation = OPERATIONS[label]
    seen: set[int] = set()

    def check(case: Any, address: dict[str, str], body: Any, headers: dict[str, str]) -> None:
        known.forget_calls()
        with transaction.atomic():  # every call finds the same state
            answer = _send(known, case, address, body, headers)
            transaction.set_rollback(True)
        seen.add(answer.status_code)
        if answer.status_code != 405:  # a method that the file does not have
            case.validate_response(answer, checks=CHECKS)

    for real in _list_real_calls(known, operation):
        check(*real)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_make_cases(operation), data=st.data())
    def call(case, data):
        check(case, *_draw_call(known, case, data))

    call()
    assert seen >= EXPECTED[label], seen


def _make_cases(operation: Any) -> st.SearchStrategy[Any]:
    """Calls that the file allows, and calls that it forbids where there is anything to forbid."""
    allowed: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.label == "GET /me":
        return allowed
    forbidden: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return allowed | forbidden
