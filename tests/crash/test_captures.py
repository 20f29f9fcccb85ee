"""Records handed in against real processes: in parallel, and with processes killed in the middle."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connection, transaction

from outreach.enums import NeedState
from outreach.models import LogEntry
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support import clock
from tests.support.http import http
from tests.support.stack import Stack
from tests.support.tablet import JPEG, PNG, Sealed, Tablet
from tests.support.wait import wait_until
from tests.visits.conftest import publish
from visits import tasks
from visits.enums import CaptureStage, KeyRole
from visits.keys import office_keys
from visits.lib import strict_json
from visits.models import Capture, CaptureState, Device, Event, OutboxItem, Receipt, Shift, Visit
from visits.records import stored_chunks
from visits.tablets import devices

pytestmark = [pytest.mark.crash]
END_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture(scope="module")
def kit(shared_stack: Stack):
    """A paired tablet over real HTTP, and a maker of sealed captures, each for a visit of its own."""
    with shared_stack.orm():
        office_keys.current_key(KeyRole.WORKER)
        row = office_keys.current_key(KeyRole.CAPTURE)
        key = {"kid": row.kid, "jwk": row.jwk}
        team = TeamFactory(code="TX", name="Tim Uji")
        officer = OfficerFactory(team=team, employee_number="P-X1")
        shift = ShiftFactory(team=team)
        code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
    tablet = Tablet(http(shared_stack.tablet))
    assert tablet.pair(code).status == 201

    def seal(photo: bytes = JPEG) -> Sealed:
        with shared_stack.orm():
            village = VillageFactory(code="35.19.99.2001")
            need = NeedFactory(state=NeedState.PLANNED, resident__village=village)
            visit = VisitFactory(shift=shift, need=need)
        parts = {"photo": photo, "signature": PNG}
        return tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=key, parts=parts)

    return shared_stack, tablet, officer, seal


def _rows(identifier: str) -> tuple[int, int, int]:
    capture = Capture.objects.get(pk=identifier)
    receipts = Receipt.objects.filter(capture=capture, kind="stored").count()
    return 1, receipts, OutboxItem.objects.filter(capture=capture).count()


def test_the_same_record_twenty_times_at_once_is_one_record_with_one_receipt(kit):
    stack, tablet, _officer, seal = kit
    sealed = seal()
    with ThreadPoolExecutor(20) as pool:
        offers = list(pool.map(lambda _n: tablet.offer(sealed), range(20)))
        assert {answer.status for answer in offers} == {202}
        chunks = [(sha, data) for sha, data in sealed.chunks.items() for _ in range(7)]
        put = list(pool.map(lambda chunk: tablet.put_chunk(*chunk).status, chunks))
        assert set(put) <= {200, 201}
        answers = list(pool.map(lambda _n: tablet.offer(sealed), range(20)))

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.body for answer in answers}) == 1
    with stack.orm():
        wait_until(
            lambda: CaptureState.objects.get(pk=sealed.id).stage == CaptureStage.ACCEPTED,
            seconds=60,
            what="the worker has verified the record",
        )
        assert _rows(sealed.id) == (1, 1, 1)
        device = Device.objects.get(pk=tablet.device)
        assert stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256) == []
    (status,) = tablet.status(sealed.id)
    assert set(status["receipts"]) == {"stored", "verified"}


def test_a_whole_record_twenty_times_at_once_is_one_record_with_one_receipt(kit):
    stack, tablet, _officer, seal = kit
    sealed = seal(photo=os.urandom(600_000))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: tablet.put_record(sealed), range(20)))

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.body for answer in answers}) == 1
    with stack.orm():
        assert Receipt.objects.filter(capture=sealed.id, kind="stored").count() == 1
        device = Device.objects.get(pk=tablet.device)
        assert stored_chunks.find_damaged(device=device, hashes=sealed.chunks, record=sealed.sha256) == []


def test_the_same_events_twenty_times_at_once_are_kept_once(kit):
    stack, tablet, officer, seal = kit
    visit = seal().payload["visit"]
    batch = [tablet.event("arrived", visit=visit, officer=officer.pk) for _ in range(5)]
    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda _n: [r["result"] for r in tablet.events(*batch)], range(20)))

    assert (
        sorted(results, key=lambda words: words.count("duplicate"))
        == [["applied"] * 5] + [["duplicate"] * 5] * 19
    )
    with stack.orm():
        assert Event.objects.filter(visit=visit).count() == 5


def test_days_are_read_while_others_write_and_end_equal_to_the_server(kit):
    stack, tablet, officer, seal = kit
    visits = [seal().payload["visit"] for _ in range(4)]
    with stack.orm():
        publish(Shift.objects.get(team__code="TX"), list(Visit.objects.filter(pk__in=visits)))
    batches = [[tablet.event("arrived", visit=visit, officer=officer.pk)] for visit in visits]
    today = tablet.call("GET", "/days").json["today"]

    def write(batch):
        return tablet.events(*batch)[0]["result"]

    def read(_n):
        answer = tablet.call("GET", f"/days/{today}")
        assert answer.status == 200, answer.body
        return answer.json["version"] == strict_json.content_sha256(answer.json["content"])

    with ThreadPoolExecutor(8) as pool:
        written, read_back = pool.map(write, batches), pool.map(read, range(30))
        assert set(written) == {"applied"}
        assert all(read_back)
    last = tablet.call("GET", f"/days/{today}").json
    assert {stop["state"] for stop in last["content"]["stops"]} == {"arrived"}
    assert tablet.call("GET", "/days").json["days"][today] == last["version"]


def test_two_pairings_with_one_code_at_once_make_one_tablet(kit):
    stack, tablet, _officer, _seal = kit
    with stack.orm():
        code, _row = devices.make_pairing_code(team=TeamFactory(code="TY"), user=None, actor="system")
    rivals = [Tablet(tablet.send) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda rival: rival.pair(code).status, rivals))
    assert statuses == [201] + [410] * 7


def test_the_tablets_origin_serves_neither_admin_nor_public_pages_and_sets_no_cookie(kit):
    stack, _tablet, _officer, _seal = kit
    for path in ("/admin/", "/admin/login/", "/ajukan/", "/status/", "/bahasa/setlang/"):
        assert requests.get(stack.tablet + path, timeout=20).status_code == 404
    for address in ("/api/v1/me", "/api/v1/ping?nonce=abcdefghijklmnopq", "/"):
        answer = requests.get(stack.tablet + address, cookies={"sessionid": "x" * 32}, timeout=20)
        assert "Set-Cookie" not in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
    assert (
        requests.get(stack.tablet + "/api/v1/me", cookies={"sessionid": "x"}, timeout=20).status_code == 401
    )
    assert requests.get(stack.web + "/api/v1/ping?nonce=abcdefghijklmnopq", timeout=20).status_code == 404


def test_a_body_of_twenty_megabytes_is_refused_in_plain_words_and_the_line_stays_good(kit):
    _stack, tablet, _officer, seal = kit
    sealed = seal()
    big = b'{"manifest": "' + b"x" * 20_000_000 + b'"}'
    for answer in (
        tablet.call("PUT", f"/captures/{sealed.id}", raw=big),
        tablet.put_chunk(next(iter(sealed.chunks)), b"x" * 20_000_000),
    ):
        assert (answer.status, answer.code) == (413, "too-large")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Connection"] == "close"  # nobody reads the rest, so the line ends, and says so
    uploaded = tablet.upload(sealed)
    assert (uploaded.status, uploaded.headers["Connection"]) == (201, "keep-alive")


def test_a_full_disk_is_told_as_busy_and_nothing_is_lost_or_left_half_written(kit):
    stack, tablet, officer, seal = kit
    sealed = seal(photo=os.urandom(300_000))
    long = next(sha for sha, data in sealed.chunks.items() if len(data) > 200_000)
    event = tablet.event("arrived", visit=sealed.payload["visit"], officer=officer.pk)
    assert tablet.offer(sealed).status == 202
    with stack.full_disk("tablet"):
        answers = [tablet.put_chunk(long, sealed.chunks[long]) for _ in range(3)]
        tablet.call("POST", "/events", {"events": [event]})  # refused where the database is a file

    assert {(answer.status, answer.code, answer.headers["Retry-After"]) for answer in answers} == {
        (503, "busy", "5")
    }
    assert list((stack.data_dir / "records" / "blobs" / tablet.device).glob(".*")) == []
    assert tablet.upload(sealed).status == 201
    assert tablet.events(event)[0]["result"] in ("applied", "duplicate")
    with stack.orm():
        assert Event.objects.filter(pk=event["id"]).count() == 1


def test_a_kill_between_a_whole_records_chunks_and_its_row_leaves_what_is_swept_later(kit):
    stack, tablet, _officer, seal = kit
    sealed = seal(photo=os.urandom(600_000))
    stack.kill("tablet")  # fresh processes have no calls to count yet
    wait_until(stack.is_up, seconds=90, what="the processes are back")
    tablet.me()  # the tablet was heard of, so that nothing is written before the chunks
    with stack.orm():
        device = Device.objects.get(pk=tablet.device)
        path = stored_chunks.record_path(device, sealed.sha256)
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            if connection.vendor == "postgresql":
                connection.cursor().execute("LOCK TABLE visits_capture IN EXCLUSIVE MODE")
            sent = pool.submit(tablet.put_record, sealed)
            wait_until(path.exists, what="the chunks are on disk")
            stack.kill("tablet")
            with pytest.raises(requests.RequestException):
                sent.result()
            if connection.vendor == "postgresql":  # the server would end the statement of a client that died
                connection.cursor().execute(END_WAITING)
        assert not Capture.objects.filter(pk=sealed.id).exists()
        os.utime(path, (clock.now().timestamp() - 90_000,) * 2)
        assert tasks.sweep_drafts() == 1
        assert not path.exists()
        assert LogEntry.objects.get(action="chunks_swept").detail == {"chunks": 1}
    wait_until(stack.is_up, seconds=90, what="the processes are back")
    assert tablet.put_record(sealed).status == 201


def test_web_and_worker_killed_in_mid_upload_lose_nothing(kit):
    stack, tablet, _officer, seal = kit
    sealed = [seal() for _ in range(4)]
    for capture in sealed[:3]:
        tablet.offer(capture)
    tablet.upload(sealed[0])
    stack.kill("worker")
    stack.kill("tablet")
    wait_until(stack.is_up, seconds=90, what="the processes are back")
    receipts = [tablet.upload(capture) for capture in sealed]
    assert {answer.status for answer in receipts} <= {200, 201}
    ids = [capture.id for capture in sealed]
    with stack.orm():
        wait_until(
            lambda: CaptureState.objects.filter(pk__in=ids, stage=CaptureStage.ACCEPTED).count() == 4,
            seconds=150,
            what="every record is verified",
        )
        assert [_rows(identifier) for identifier in ids] == [(1, 1, 1)] * 4
