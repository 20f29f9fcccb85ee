"""What a tablet reads, and what it never may."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outreach import vault
from outreach.enums import NeedState, RequestState
from tests.factories.outreach import NeedFactory, VisitRequestFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory, at
from tests.visits.conftest import publish
from visits.appointments import call_offs, lifecycle
from visits.enums import CallOffReason, VisitState
from visits.models import Device, TeamMessage, Visit
from visits.tablets import devices

TODAY = date(2026, 12, 1)
pytestmark = pytest.mark.clock("2026-12-01T09:00")


def _day(tablet, offset=0):
    return tablet.call("GET", f"/days/{TODAY + timedelta(days=offset)}")


def test_the_overview_names_nine_days(tablet, visit):
    answer = tablet.call("GET", "/days")

    assert answer.status == 200
    assert answer.json["today"] == TODAY.isoformat()
    assert list(answer.json["days"]) == [(TODAY + timedelta(days=n)).isoformat() for n in range(-1, 8)]
    assert answer.json["days"][TODAY.isoformat()] == _day(tablet).json["version"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_new_is_said_in_a_304(tablet, visit):
    for path in ("/days", f"/days/{TODAY}"):
        etag = tablet.call("GET", path).headers["ETag"]
        again = tablet.call("GET", path, If_None_Match=etag)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)


def test_today_is_told_in_full(tablet, visit, officer):
    visit.told_from, visit.told_until = at(TODAY, 790), at(TODAY, 850)
    visit.save()
    resident = visit.need.resident
    vault.seal_field(resident, "phone", "081234567890")
    vault.seal_field(resident, "carer_name", "Keluarga Contoh")
    resident.save()

    content = _day(tablet).json["content"]

    assert content["detail"] == "full"
    assert content["published"]["version"] == 1
    assert content["shift"]["start"] == f"{TODAY}T07:30:00+07:00"
    assert content["shift"]["officers"] == [officer.pk]
    (stop,) = content["stops"]
    assert stop == {
        "visit": str(visit.pk),
        "sequence": visit.sequence,
        "kind": "recording",
        "state": "published",
        "outcome": "",
        "attempt": 1,
        "planned_arrive": timezone.localtime(visit.planned_arrive).isoformat(),
        "planned_start": timezone.localtime(visit.planned_start).isoformat(),
        "planned_leave": timezone.localtime(visit.planned_leave).isoformat(),
        "told": [f"{TODAY}T13:10:00+07:00", f"{TODAY}T14:10:00+07:00"],
        "resident": {"name": resident.name, "birth_date": "1950-05-17", "sex": ""},
        "contact": {"name": "Keluarga Contoh", "phone": "081234567890"},
        "address": "",
        "village": resident.village.name,
        "district": "Kecamatan Contoh",
        "rt": "",
        "rw": "",
        "location": {
            "lat": round(resident.latitude, 6),
            "lon": round(resident.longitude, 6),
            "approximate": True,
        },
        "category": "elderly",
        "skills": [],
        "infectious": False,
        "note": "",
        "reference": None,
    }


def test_a_home_is_told_with_the_first_reference_that_is_the_familys(tablet, visit):
    kept = {"need": visit.need, "resident": visit.need.resident, "state": RequestState.ACCEPTED}
    VisitRequestFactory(reference="JB-NEIGHBOUR-1", family_confirmed_at=None, **kept)
    VisitRequestFactory(reference="JB-FAMILY-1", **kept)
    VisitRequestFactory(reference="JB-FAMILY-2", **{**kept, "state": RequestState.MERGED})

    (stop,) = _day(tablet).json["content"]["stops"]

    assert stop["reference"] == "JB-FAMILY-1"


def test_a_later_day_is_only_villages_and_counts(tablet, team):
    shift = ShiftFactory(team=team, date=TODAY + timedelta(days=2))
    visits = [VisitFactory(shift=shift) for _ in range(3)]
    publish(shift, visits)

    answer = _day(tablet, 2)

    assert answer.json["content"]["detail"] == "summary"
    assert answer.json["content"]["stops"] == []
    assert sum(village["count"] for village in answer.json["content"]["villages"]) == 3
    assert not any(visit.need.resident.name in answer.body.decode() for visit in visits)


def test_a_day_changes_its_version_with_what_happens(tablet, visit, officer):
    before = _day(tablet).json["version"]
    tablet.events(tablet.event("arrived", visit=str(visit.pk), officer=officer.pk))
    after = _day(tablet).json
    assert after["version"] != before
    assert after["content"]["stops"][0]["state"] == "arrived"


def test_a_cancelled_visit_is_shown_as_such(tablet, visit):
    Visit.objects.update(state="cancelled")
    assert _day(tablet).json["content"]["stops"][0]["state"] == "cancelled"


@pytest.mark.parametrize("day", ["2020-01-01", "x", "2026-13-40", "2026-1-1", "..", "9" * 50])
def test_other_days_are_not_found(tablet, day):
    answer = tablet.call("GET", f"/days/{day}")
    assert (answer.status, answer.code, answer.json["retry"]) == (404, "not-found", "resync")


def test_a_day_without_a_plan_is_empty(tablet):
    content = _day(tablet, 1).json["content"]
    assert (content["published"], content["shift"], content["stops"]) == (None, None, [])


def test_the_day_says_how_the_team_records_and_a_change_makes_a_new_version(tablet, team, visit):
    before = _day(tablet).json
    assert before["content"]["team"]["recording_way"] == "official_kit"

    type(team).objects.update(recording_way="tablet_only")

    after = _day(tablet).json
    assert after["content"]["team"]["recording_way"] == "tablet_only"
    assert after["version"] != before["version"]


def test_another_teams_day_is_never_told(new_tablet, visit):
    other = new_tablet(TeamFactory())
    assert _day(other).json["content"]["stops"] == []
    assert visit.need.resident.name not in _day(other).body.decode()


def test_an_erased_person_is_told_without_sealed_data(tablet, visit):
    vault.seal_field(visit.need.resident, "phone", "081234567890")
    visit.need.resident.save()
    vault.destroy_key(visit.need.resident.key)
    assert _day(tablet).json["content"]["stops"][0]["contact"] is None


def test_officers_who_are_not_active_are_not_named(tablet, team, officer):
    OfficerFactory(team=team, is_active=False)
    assert [person["id"] for person in tablet.me()["officers"]] == [officer.pk]


def test_messages_are_told_until_read(tablet, team, officer):
    message = TeamMessage.objects.create(team=team, text="Bawa payung.")
    assert [m["text"] for m in tablet.call("GET", "/days").json["messages"]] == ["Bawa payung."]
    tablet.events(tablet.event("message_read", officer=officer.pk, message=message.pk))
    assert tablet.call("GET", "/days").json["messages"] == []


@pytest.mark.parametrize("path", ["/me", "/days", "/days/2026-11-24"])
def test_nobody_reads_without_a_token(tablet, path):
    for token in ("", "x" * 43, "Basic abc"):
        tablet.token = token
        answer = tablet.call("GET", path)
        assert (answer.status, answer.code, answer.json["retry"]) == (401, "unauthenticated", "reauth")
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/me", "/days", "/days/2026-11-24"])
def test_a_revoked_tablet_reads_nothing_more(tablet, path, visit):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    answer = tablet.call("GET", path)
    assert (answer.status, answer.code) == (423, "device-revoked")
    assert visit.need.resident.name not in answer.body.decode()


@pytest.mark.parametrize("client", ["", "0", "x", "-1", "9" * 30])
def test_an_old_client_reads_no_days(tablet, client):
    tablet.client = client
    assert tablet.call("GET", "/days").code == "client-too-old"
    assert tablet.call("GET", f"/days/{TODAY}").status == 426
    assert tablet.call("GET", "/me").status == 200


def test_wrong_verbs_and_addresses_get_our_problem(tablet):
    for method, path, status in (("POST", "/me", 405), ("DELETE", "/days", 405), ("GET", "/nothing", 404)):
        answer = tablet.call(method, path)
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "GET" in tablet.call("POST", "/me").headers["Allow"]


def _queries(tablet, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert tablet.call("GET", path).status == 200
    return len(queries)


def test_a_read_leaves_plans_and_outlines_of_the_map_where_they_are(tablet, visit):
    for path in ("/days", f"/days/{TODAY}"):
        with CaptureQueriesContext(connection) as queries:
            assert tablet.call("GET", path).status == 200
        read = " ".join(query["sql"] for query in queries.captured_queries)
        assert '"visits_plan"' not in read
        assert '"boundary"' not in read


def test_the_same_number_of_queries_for_one_visit_and_for_three(tablet, shift):
    visits = [VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED)) for _ in range(3)]
    publish(shift, visits[:1])
    tablet.call("GET", "/days")
    one = _queries(tablet, "/days"), _queries(tablet, f"/days/{TODAY}")
    publish(shift, visits, number=2)
    assert (_queries(tablet, "/days"), _queries(tablet, f"/days/{TODAY}")) == one


def test_a_visit_that_was_called_off_leaves_the_tablet_and_comes_back(tablet, visit):
    before = _day(tablet).json
    reason, now = CallOffReason.CLOSED, at(TODAY, 9 * 60)
    call_offs.call_off_visit(visit=visit, reason=reason, obstacles={"closed": 0}, at=now, actor="user:1")

    told = _day(tablet).json
    assert (told["content"]["stops"], told["version"] != before["version"]) == ([], True)

    visit.refresh_from_db()
    call_offs.reinstate_visit(visit=visit, at=now, actor="user:1")
    assert _day(tablet).json == before


def test_a_team_that_went_all_the_same_is_still_told_its_visit(tablet, visit):
    reason, now = CallOffReason.CLOSED, at(TODAY, 9 * 60)
    call_offs.call_off_visit(visit=visit, reason=reason, obstacles={"closed": 0}, at=now, actor="user:1")

    lifecycle.set_visit_state(visit=visit, to=VisitState.ARRIVED, at=now, actor="device:1")

    assert [stop["state"] for stop in _day(tablet).json["content"]["stops"]] == ["arrived"]
