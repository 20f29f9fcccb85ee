"""Events over the API: one result each, each once, none holds up another."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.enums import LocationSource, Milestone, NeedState
from outreach.models import LogEntry, Progress, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, TeamFactory, VisitFactory
from visits.fieldwork import departures, event_content, event_effects, events
from visits.fieldwork.event_batches import EventBatch
from visits.models import Device, Event, EventStatus, Visit
from visits.tablets import devices
from visits.tablets.tablet_status import find_number_gaps


def _results(results):
    return [result["result"] for result in results]


def test_a_day_at_a_home(tablet, visit, officer):
    at = {"visit": str(visit.pk), "officer": officer.pk}
    results = tablet.events(
        tablet.event("departed", **at),
        tablet.event("arrived", **at),
        tablet.event("outcome", outcome="recorded", **at),
    )

    assert [(r["index"], r["result"], r["problem"]) for r in results] == [
        (n, "applied", None) for n in range(3)
    ]
    row = Visit.objects.select_related("need").get()
    assert (row.state, row.outcome, row.need.state) == ("finished", "recorded", NeedState.CAPTURED)
    assert row.arrived_at == Event.objects.get(kind="arrived").at
    assert list(Progress.objects.values_list("milestone", flat=True)) == [
        Milestone.ON_THE_WAY,
        Milestone.ARRIVED,
        Milestone.CAPTURED,
    ]


@pytest.mark.parametrize("outcome", ["not_home", "unwell", "unsafe", "refused_today", "address_not_found"])
def test_a_visit_in_vain_waits_for_another(tablet, visit, officer, outcome):
    tablet.events(tablet.event("outcome", visit=str(visit.pk), officer=officer.pk, outcome=outcome))
    row = Visit.objects.select_related("need").get()
    assert (row.outcome, row.need.state, row.need.attempts) == (outcome, NeedState.OPEN, 1)


def test_a_repeat_is_a_duplicate_and_changes_nothing(tablet, visit, officer):
    event = tablet.event("outcome", visit=str(visit.pk), officer=officer.pk, outcome="not_home")
    assert _results(tablet.events(event, event)) == ["applied", "duplicate"]
    assert _results(tablet.events(event)) == ["duplicate"]
    assert (Event.objects.count(), Visit.objects.get().need.attempts) == (1, 1)


def test_an_event_that_the_database_refuses_is_never_called_a_duplicate(tablet, visit, officer, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise IntegrityError("a constraint")

    monkeypatch.setattr(event_effects, "apply_event", refuse)
    event = tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)
    assert tablet.call("POST", "/events", {"events": [event]}).status == 500
    assert not Event.objects.exists()


def test_an_event_id_with_other_content_is_refused_and_logged(tablet, visit, officer):
    event = tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)
    tablet.events(event)
    (result,) = tablet.events({**event, "since_ms": 5})
    assert (result["result"], result["problem"]["status"], result["problem"]["code"]) == (
        "rejected",
        422,
        "content-differs",
    )
    assert LogEntry.objects.filter(action="event_collides").count() == 1


def test_a_number_used_twice_is_refused(tablet, officer):
    first, second = tablet.event("departed", officer=officer.pk), tablet.event("departed", officer=officer.pk)
    second["sequence"] = first["sequence"]
    assert [r["problem"] and r["problem"]["code"] for r in tablet.events(first, second)] == [
        None,
        "content-differs",
    ]


def test_the_event_id_of_another_tablet_is_refused(tablet, new_tablet, team, officer):
    event = tablet.event("departed", officer=officer.pk)
    tablet.events(event)
    (result,) = new_tablet(team).events(event)
    assert (result["result"], result["problem"]["code"]) == ("rejected", "not-mine")


def test_a_poison_event_first_of_five_hundred_holds_up_nobody(tablet, visit, officer):
    batch = [{"id": "x", "sequence": 0}] + [
        tablet.event("note", visit=str(visit.pk), officer=officer.pk, text="ok") for _ in range(499)
    ]
    results = tablet.events(*batch)
    assert _results(results) == ["rejected"] + ["applied"] * 499
    assert results[0]["id"] is None
    assert results[0]["problem"]["code"] == "invalid"


def test_more_than_five_hundred_are_too_many(tablet, officer):
    answer = tablet.call("POST", "/events", {"events": [{}] * 501})
    assert (answer.status, answer.code) == (413, "too-large")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "jumped"},
        {"kind": None},
        {"at": "yesterday"},
        {"at": "2026-11-24T10:00:00"},
        {"at": "9999-99-99T10:00:00.000Z"},
        {"since_ms": -1},
        {"officer": "x"},
        {"visit": "x"},
        {"visit": None, "kind": "arrived"},
        {"position": {"lat": 91, "lon": 0, "accuracy_m": 0}},
        {"data": []},
        {"kind": "outcome", "data": {"outcome": "vanished"}},
        {"kind": "location_fixed", "data": {}},
        {"kind": "note", "data": {"text": "x" * 2001}},
    ],
)
def test_an_event_of_another_shape_is_rejected_and_uses_up_its_number(tablet, visit, officer, changes):
    event = {**tablet.event("departed", visit=str(visit.pk), officer=officer.pk), **changes}
    (result,) = tablet.events(event)
    assert (result["result"], result["problem"]["code"], result["id"]) == ("rejected", "invalid", event["id"])
    row = Event.objects.select_related("status", "key").get()
    assert (row.sequence, row.status.state, row.status.problem) == (event["sequence"], "rejected", "invalid")
    assert event_content.unseal_event(row) == event
    assert _results(tablet.events(event)) == ["duplicate"]


@pytest.mark.parametrize("item", [None, 7, "x", [], {}, {"id": 5, "sequence": 1}, {"sequence": 1}])
def test_what_is_no_event_at_all_is_rejected(tablet, item):
    (result,) = tablet.events(item)
    assert (result["result"], result["id"]) == ("rejected", None)
    assert Event.objects.count() == 0


@pytest.mark.parametrize("body", [None, [], {}, {"events": {}}, {"events": None}, "x", 5])
def test_a_body_of_another_shape_is_refused(tablet, body):
    answer = tablet.call("POST", "/events", raw=json.dumps(body).encode())
    assert (answer.status, answer.code) == (422, "invalid")


def test_another_teams_visit_goes_to_review_as_not_found(new_tablet, visit):
    other_team = TeamFactory()
    other, officer = new_tablet(other_team), OfficerFactory(team=other_team)
    unknown = "01900000-0000-7000-8000-000000000000"
    mine, none = (
        other.events(other.event("arrived", visit=identifier, officer=officer.pk))[0]
        for identifier in (str(visit.pk), unknown)
    )
    assert (mine["result"], mine["problem"]["code"]) == ("review", "not-found")
    assert mine["problem"] == none["problem"]
    assert Visit.objects.get().state == "published"
    assert LogEntry.objects.filter(action="event_in_review").count() == 2


def test_a_cancelled_visit_waits_for_a_person(tablet, visit, officer):
    Visit.objects.update(state="cancelled")
    (result,) = tablet.events(tablet.event("arrived", visit=str(visit.pk), officer=officer.pk))
    assert result["result"] == "review"
    assert EventStatus.objects.get().reason == "cancelled"
    assert Visit.objects.get().state == "cancelled"


def test_an_officer_of_another_team_or_not_active_waits_for_a_person(tablet, visit, team):
    for officer in (OfficerFactory(), OfficerFactory(team=team, is_active=False)):
        (result,) = tablet.events(tablet.event("arrived", visit=str(visit.pk), officer=officer.pk))
        assert result["result"] == "review"
    assert Visit.objects.get().state == "published"


def test_events_of_a_revoked_tablet_wait_for_a_person(tablet, visit, officer):
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    (result,) = tablet.events(
        tablet.event("outcome", visit=str(visit.pk), officer=officer.pk, outcome="moved")
    )
    assert result["result"] == "review"
    assert Visit.objects.get().state == "published"


def test_a_contradicting_outcome_waits_for_a_person(tablet, visit, officer):
    at = {"visit": str(visit.pk), "officer": officer.pk}
    assert _results(tablet.events(tablet.event("outcome", outcome="not_home", **at))) == ["applied"]
    assert _results(tablet.events(tablet.event("outcome", outcome="recorded", **at))) == ["review"]
    row = Visit.objects.select_related("need").get()
    assert (row.outcome, row.need.state) == ("recorded", NeedState.REVIEW)


def test_a_fixed_location_moves_the_home_and_the_last_one_holds(tablet, visit, officer):
    at = {"visit": str(visit.pk), "officer": officer.pk}
    village = visit.need.resident.village
    first = tablet.event(
        "location_fixed", lat=village.latitude + 0.01, lon=village.longitude, accuracy_m=9, **at
    )
    last = tablet.event(
        "location_fixed", lat=village.latitude + 0.02, lon=village.longitude, accuracy_m=9, **at
    )
    tablet.events(last)
    tablet.events(first)
    resident = Resident.objects.get()
    assert resident.latitude == pytest.approx(village.latitude + 0.02)
    assert resident.location_source == LocationSource.OFFICER


def test_a_location_in_another_regency_waits_for_a_person(tablet, visit, officer):
    (result,) = tablet.events(
        tablet.event(
            "location_fixed", visit=str(visit.pk), officer=officer.pk, lat=-6.2, lon=106.8, accuracy_m=9
        )
    )
    assert result["result"] == "review"
    assert Resident.objects.get().location_source == LocationSource.VILLAGE


def test_a_corrected_contact_is_kept_sealed_for_a_person(tablet, visit, officer):
    event = tablet.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="081299990000")
    assert _results(tablet.events(event)) == ["review"]
    row = Event.objects.select_related("key").get()
    assert b"081299990000" not in bytes(row.sealed)
    assert event_content.unseal_event(row) == event
    assert "081299990000" not in str(list(LogEntry.objects.values()))


def test_a_clock_at_1970_after_an_empty_battery_loses_no_fact(tablet, visit, officer):
    event = {
        **tablet.event("arrived", visit=str(visit.pk), officer=officer.pk),
        "at": "1970-01-01T07:03:00.000+07:00",
    }
    assert _results(tablet.events(event)) == ["applied"]
    row, kept = Visit.objects.get(), Event.objects.get()
    assert (row.state, row.arrived_at) == ("arrived", Device.objects.get().paired_at)
    assert kept.at == datetime(1970, 1, 1, 0, 3, tzinfo=UTC)


def test_a_clock_a_year_ahead_does_not_put_the_arrival_into_the_future(tablet, visit, officer, clock):
    event = tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)
    event["at"] = (clock.now() + timedelta(days=365)).isoformat()
    tablet.events(event)
    arrived = Visit.objects.get().arrived_at
    assert arrived is not None
    assert arrived <= clock.now()


def _sets_out(tablet, officer, **more):
    event = tablet.event("departed", officer=officer.pk)
    event["data"] = {"day": timezone.localdate(datetime.fromisoformat(event["at"])).isoformat()}
    return {**event, **more}


def test_a_team_sets_out_once_and_the_log_says_so(tablet, team, shift, officer):
    event = _sets_out(tablet, officer)
    assert _results(tablet.events(event, event)) == ["applied", "duplicate"]
    assert _results(tablet.events(event)) == ["duplicate"]

    assert departures.departures_on(on=shift.date, teams=[team.pk]) == {team.pk: Event.objects.get().at}
    row = LogEntry.objects.get(action="team_departed")
    assert (row.subject_type, row.subject_id, row.actor) == (
        "visits.shift",
        str(shift.pk),
        f"device:{tablet.device}",
    )


def test_setting_out_is_heard_late_and_after_the_arrival(tablet, team, shift, visit, officer, clock):
    """The tablet numbers them in order; a carried file may still bring the later one first."""
    Device.objects.update(paired_at=clock.now() - timedelta(days=2))
    left, came = (
        _sets_out(tablet, officer),
        tablet.event("arrived", visit=str(visit.pk), officer=officer.pk),
    )
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    left["at"], came["at"] = midnight.isoformat(), (midnight + timedelta(seconds=1)).isoformat()
    assert _results(tablet.events(came)) == ["applied"]
    assert _results(tablet.events(left)) == ["applied"]

    assert departures.departures_on(on=shift.date, teams=[team.pk]) == {team.pk: midnight}
    assert Visit.objects.get().state == "arrived"


def test_a_clock_a_year_ahead_leaves_when_the_office_heard_of_it(tablet, team, shift, officer, clock):
    ahead = _sets_out(tablet, officer, at=(clock.now() + timedelta(days=365)).isoformat())
    assert _results(tablet.events(ahead)) == ["applied"]
    assert departures.departures_on(on=shift.date, teams=[team.pk]) == {
        team.pk: Event.objects.get().received_at
    }


def test_setting_out_on_a_day_that_does_not_fit_waits_for_a_person(tablet, team, shift, officer, clock):
    """A clock a day behind; a day that is another than the clock's; a day on which the team does not work."""
    Device.objects.update(paired_at=clock.now() - timedelta(days=9))
    yesterday = clock.now() - timedelta(days=1)
    behind = _sets_out(tablet, officer, at=yesterday.isoformat())
    tomorrow = _sets_out(tablet, officer)
    tomorrow["data"] = {"day": (clock.today() + timedelta(days=1)).isoformat()}
    free = _sets_out(tablet, officer, at=yesterday.isoformat())
    free["data"] = {"day": timezone.localdate(yesterday).isoformat()}

    assert _results(tablet.events(behind, tomorrow, free)) == ["review"] * 3
    assert set(EventStatus.objects.values_list("state", "reason")) == {("review", "day")}
    assert departures.departures_on(on=shift.date, teams=[team.pk]) == {}
    assert departures.departures_on(on=timezone.localdate(yesterday), teams=[team.pk]) == {}
    assert not LogEntry.objects.filter(action="team_departed").exists()


def test_nobody_sets_out_for_another_team(tablet, new_tablet, team, shift, visit, officer):
    """By the id of its tap, by an officer of its, by the name of its visit, with a day that is none."""
    other = new_tablet(TeamFactory())
    mine, stranger, named, none = (_sets_out(other, officer) for _ in range(4))
    mine["id"] = _sets_out(tablet, officer)["id"]
    tablet.events({**_sets_out(tablet, officer), "id": mine["id"]})
    named["visit"] = str(visit.pk)
    none["data"] = {"day": "besok"}

    results = other.events(mine, stranger, named, none)

    assert [(r["result"], r["problem"] and r["problem"]["code"]) for r in results] == [
        ("rejected", "not-mine"),
        ("review", None),
        ("review", "not-found"),
        ("rejected", "invalid"),
    ]
    theirs = Device.objects.get(pk=other.device).team_id
    assert list(departures.departures_on(on=shift.date, teams=[team.pk, theirs])) == [team.pk]


def test_missing_numbers_are_shown_and_hold_nothing_back(tablet, officer):
    sent = [tablet.event("departed", officer=officer.pk) for _ in range(6)]
    assert _results(tablet.events(*(sent[n] for n in (0, 1, 4)))) == ["applied"] * 3
    device = Device.objects.get()
    assert [(gap.first, gap.last) for gap in find_number_gaps(device)] == [(3, 4)]
    tablet.events(sent[2])
    assert [(gap.first, gap.last) for gap in find_number_gaps(device)] == [(4, 4)]
    tablet.events(sent[3])
    assert find_number_gaps(device) == []


def test_a_person_looks_at_an_event_once(tablet, visit, officer):
    tablet.events(tablet.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="0812"))
    event = Event.objects.get()
    looked = [
        events.mark_looked_at(event=event, user=None, actor="user:1", note="Sudah dicatat.") for _ in range(2)
    ]
    assert looked == [True, False]
    assert EventStatus.objects.get().state == "reviewed"


KINDS = st.sampled_from(["departed", "arrived", "not_home", "recorded"])


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kinds=st.lists(KINDS, min_size=1, max_size=6), data=st.data())
def test_shuffled_repeated_and_with_gaps_the_visit_ends_the_same(tablet, shift, officer, kinds, data):
    """Two visits hear the same facts, one in order, one shuffled with repeats: they end alike."""
    first, second = (VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED)) for _ in range(2))
    Device.objects.update(paired_at=datetime(2026, 11, 1, tzinfo=UTC))

    def told(visit, offset):
        tablet.sequence = offset
        made = []
        for kind in kinds:
            tablet.sequence += data.draw(st.integers(0, 2))
            outcome = {"outcome": kind} if kind in ("not_home", "recorded") else {}
            event = tablet.event(
                "outcome" if outcome else kind, visit=str(visit.pk), officer=officer.pk, **outcome
            )
            made.append(event)
        return made

    base = Event.objects.count() * 100
    for event in told(first, base):
        event["at"] = f"2026-11-24T01:{event['sequence'] - base:02d}:00.000Z"
        tablet.events(event)
    state = tablet.sequence
    shuffled = told(second, state)
    order = data.draw(st.permutations(shuffled + shuffled[:2]))
    for number, event in enumerate(shuffled):
        event["at"] = f"2026-11-24T02:{number:02d}:00.000Z"
    tablet.events(*order)
    one, two = Visit.objects.get(pk=first.pk), Visit.objects.get(pk=second.pk)
    assert (one.state, one.outcome) == (two.state, two.outcome)
    assert (one.arrived_at is None) == (two.arrived_at is None)
    if two.outcome_at:
        last = max((e for e in shuffled if e["kind"] == "outcome"), key=lambda e: e["sequence"])
        assert two.outcome_at == datetime.fromisoformat(last["at"])


def test_notes_cost_one_statement_each_however_many_come(tablet, visit, officer):
    """On SQLite one a table, in a savepoint of its own."""

    def count(many):
        notes = [tablet.event("note", visit=str(visit.pk), officer=officer.pk, text="x") for _ in range(many)]
        with CaptureQueriesContext(connection) as queries:
            assert _results(tablet.events(*notes)) == ["applied"] * many
        return len(queries)

    once = 5  # the tablet, its lock, what is known, visits, officers
    each = 1 if connection.vendor == "postgresql" else 4
    tablet.events(tablet.event("note", visit=str(visit.pk), officer=officer.pk, text="x"))
    assert [count(1), count(9)] == [once + each + 2, once + 9 * each + 2]


def test_an_event_that_another_tablet_sent_at_the_same_moment_is_refused_alone(
    tablet, visit, officer, new_tablet, team, monkeypatch
):
    """The other's row is not there yet when the call looks which events are known."""
    note = {"visit": str(visit.pk), "officer": officer.pk, "text": "x"}
    first, second, third = (tablet.event("note", **note) for _ in range(3))
    new_tablet(team).events(second)
    look, blind = EventBatch.look_again, iter([True, True])

    def look_too_early(batch, items):
        if not next(blind, False):
            look(batch, items)

    monkeypatch.setattr(EventBatch, "look_again", look_too_early)
    results = tablet.events(first, second, third)
    assert _results(results) == ["applied", "rejected", "applied"]
    assert results[1]["problem"]["code"] == "not-mine"
    assert Event.objects.count() == 3


def test_a_visit_that_an_event_of_the_same_call_changed_is_read_again(tablet, visit, officer, monkeypatch):
    """What an event did to its visit counts for the next one of the call."""
    apply = event_effects.apply_event

    def cancel(*, event, data):
        reason = apply(event=event, data=data)
        Visit.objects.update(state="cancelled")
        return reason

    monkeypatch.setattr(event_effects, "apply_event", cancel)
    at = {"visit": str(visit.pk), "officer": officer.pk}
    results = tablet.events(tablet.event("arrived", **at), tablet.event("note", text="x", **at))
    assert _results(results) == ["applied", "review"]
    assert EventStatus.objects.get(event=results[1]["id"]).reason == event_content.CANCELLED
