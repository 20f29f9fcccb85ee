"""Guesses at what belongs to another tablet: they learn nothing, and each leaves a row in the log."""

import hashlib
from typing import Any

import pytest

from outreach.models import LogEntry
from tests.factories.visits import TeamFactory
from visits.models import TeamMessage

pytestmark = pytest.mark.django_db


def _logged(action: str) -> list[Any]:
    return list(LogEntry.objects.filter(action=action).values("actor", "detail"))


@pytest.fixture
def other(new_tablet):
    return new_tablet(TeamFactory())


def test_asking_for_anothers_record_is_logged(tablet, sealed, other):
    tablet.upload(sealed)
    nobodys = "01900000-0000-7000-8000-000000000000"

    assert [row["state"] for row in other.status(sealed.id, nobodys)] == ["unknown", "unknown"]
    assert [row["state"] for row in tablet.status(sealed.id)] == ["stored"]

    assert _logged("captures_not_mine") == [
        {"actor": f"device:{other.device}", "detail": {"captures": [sealed.id]}}
    ]


def test_sending_anothers_chunk_is_logged(tablet, sealed, other):
    sha = tablet.offer(sealed).json["missing"][0]

    assert other.put_chunk(sha, sealed.chunks[sha]).status == 404
    assert other.put_chunk(hashlib.sha256(b"made up").hexdigest(), b"made up").status == 404

    assert [row["actor"] for row in _logged("blob_not_named")] == [f"device:{other.device}"] * 2


def test_reading_anothers_message_leaves_it_and_is_logged(tablet, team, officer, other):
    message = TeamMessage.objects.create(team=team, text="Jembatan Contoh ditutup.")

    other.events(other.event("message_read", message=message.pk))
    assert TeamMessage.objects.filter(read_at=None).exists()
    assert len(_logged("message_not_mine")) == 0  # nobody of that team: a person looks at the event
    assert len(_logged("event_in_review")) == 1

    for _twice in range(2):
        tablet.events(tablet.event("message_read", officer=officer.pk, message=message.pk))
    tablet.events(tablet.event("message_read", officer=officer.pk, message=message.pk + 1))
    assert not TeamMessage.objects.filter(read_at=None).exists()
    assert [row["actor"] for row in _logged("message_not_mine")] == [f"device:{tablet.device}"]


def test_a_token_for_another_tablet_is_refused_and_logged(tablet, other):
    jws = other.sign({"device": tablet.device, "ping": other.ping()}, "jb-token+jws", kid=tablet.device)

    assert other.call("POST", "/tokens", {"jws": jws}).code == "bad-signature"

    assert len(_logged("token_refused")) == 1


@pytest.mark.parametrize("path", ["/days", "/days/2026-12-01", "/me", "/events", "/ping", "/devices"])
@pytest.mark.parametrize("client", ["", "1"])
def test_a_method_that_no_call_has_is_refused_as_such(tablet, path, client):
    """Also where the caller is too old, or nobody: what it asked for is never there."""
    tablet.client = client
    answers = [tablet.call("TRACE", path), tablet.call("DELETE", path)]
    tablet.token = ""
    answers += [tablet.call("TRACE", path)]

    assert {(answer.status, answer.code) for answer in answers} == {(405, "method-not-allowed")}
    assert all("TRACE" not in answer.headers["Allow"] for answer in answers)
