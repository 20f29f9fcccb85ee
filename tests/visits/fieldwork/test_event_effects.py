"""What a fact from a tablet does, beyond being kept; by `events.receive_events`, as it comes over the API or in a file."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.enums import LocationSource, NeedState
from outreach.models import LogEntry, Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import TeamFactory, VisitFactory
from visits.enums import EventState, Outcome, VisitState
from visits.fieldwork import event_content, event_effects, events
from visits.models import Device, Event, EventStatus, Officer, TeamMessage, Visit
from visits.tablets import devices

pytestmark = pytest.mark.django_db

NORTH = 0.01  # degrees, some 1.1 km


@pytest.fixture
def begun(clock):
    """The moment from which the tests count; the tablet was paired long before."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def device(tablet, begun) -> Device:
    Device.objects.update(paired_at=begun - timedelta(days=1))
    return Device.objects.get(pk=tablet.device)


@pytest.fixture
def told(tablet, device, visit, officer, begun):
    """Tells facts of the visit, (kind, minutes) or (kind, minutes, data); gives the result and reason of each."""

    def tell(
        *facts: tuple[Any, ...], of: Visit | None = None, by: int | None = None
    ) -> list[tuple[str, str]]:
        items = []
        for kind, minutes, *data in facts:
            at = (begun + timedelta(minutes=minutes)).isoformat()
            more = data[0] if data else {}
            item = tablet.event(
                kind, visit=str((of or visit).pk), officer=officer.pk if by is None else by, **more
            )
            items.append({**item, "at": at})
        results = events.receive_events(device=Device.objects.get(pk=device.pk), items=items)
        reasons = {str(event): reason for event, reason in EventStatus.objects.values_list("event", "reason")}
        return [(row.result, reasons[str(row.id)]) for row in results]

    return tell


def _visit() -> Visit:
    return Visit.objects.select_related("need__resident").get()


def _log(*actions: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    rows = LogEntry.objects.filter(action__in=actions).order_by("pk")
    return list(rows.values_list("action", "from_state", "to_state", "detail"))


APPLIED = ("applied", "")


class TestVisit:
    def test_a_visit_goes_its_way_with_a_log_row_a_step(self, told, begun):
        facts = [("departed", 0), ("arrived", 20), ("outcome", 50, {"outcome": "recorded"})]

        assert told(*facts) == [APPLIED] * 3

        row = _visit()
        assert (row.state, row.outcome, row.need.state) == ("finished", "recorded", NeedState.CAPTURED)
        assert (row.arrived_at, row.outcome_at) == tuple(begun + timedelta(minutes=m) for m in (20, 50))
        assert _log("visit_moved", "visit_arrival_noted", "visit_corrected") == [
            ("visit_moved", "published", "travelling", {}),
            ("visit_moved", "travelling", "arrived", {}),
            ("visit_moved", "arrived", "finished", {"outcome": "recorded"}),
        ]

    def test_an_arrival_that_is_heard_after_the_outcome_is_written_with_a_log_row(self, told, tablet, begun):
        tablet.sequence = 10
        told(("outcome", 50, {"outcome": "not_home"}))
        tablet.sequence = 5

        assert told(("arrived", 20)) == [APPLIED]

        row, at = _visit(), begun + timedelta(minutes=20)
        assert (row.state, row.arrived_at) == ("finished", at)
        entry = LogEntry.objects.get(action="visit_arrival_noted")
        assert (entry.actor, entry.subject_id) == (f"device:{tablet.device}", str(row.pk))
        assert (entry.from_state, entry.to_state) == ("finished", "finished")
        assert entry.detail == {"at": at.isoformat(), "before": None}

    def test_the_first_arrival_holds_and_a_second_writes_nothing(self, told, begun):
        told(("arrived", 20), ("departed", 25), ("arrived", 40))

        assert _visit().arrived_at == begun + timedelta(minutes=20)
        assert _log("visit_arrival_noted") == []

    def test_an_earlier_arrival_that_is_heard_later_corrects_the_first(self, told, tablet, begun):
        tablet.sequence = 10
        told(("arrived", 20))
        tablet.sequence = 5

        told(("arrived", 12))

        first, second = (begun + timedelta(minutes=minutes) for minutes in (12, 20))
        assert _visit().arrived_at == first
        detail = {"at": first.isoformat(), "before": second.isoformat()}
        assert _log("visit_arrival_noted") == [("visit_arrival_noted", "arrived", "arrived", detail)]

    def test_a_fact_told_twice_has_one_effect(self, tablet, device, visit, officer):
        item = tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)
        results = [events.receive_events(device=device, items=[item])[0].result for _ in range(2)]

        assert results == ["applied", "duplicate"]
        assert _log("visit_moved") == [("visit_moved", "published", "arrived", {})]

    def test_applied_once_more_by_hand_nothing_changes(self, told):
        told(("departed", 0), ("arrived", 20), ("outcome", 50, {"outcome": "not_home"}))
        before = (Visit.objects.values().get(), Need.objects.values().get(), LogEntry.objects.count())

        for event in Event.objects.select_related("visit", "device"):
            assert event_effects.apply_event(event=event, data={}) == ""

        assert (Visit.objects.values().get(), Need.objects.values().get(), LogEntry.objects.count()) == before

    def test_another_outcome_later_is_a_contradiction_for_a_person(self, told, begun):
        assert told(("outcome", 30, {"outcome": "recorded"}), ("outcome", 40, {"outcome": "not_home"})) == [
            APPLIED,
            ("review", event_content.CONTRADICTION),
        ]

        row = _visit()
        assert (row.outcome, row.outcome_at) == (Outcome.NOT_HOME, begun + timedelta(minutes=40))
        assert row.need.state == NeedState.REVIEW
        detail = {"outcome": "not_home", "before": "recorded"}
        assert _log("visit_corrected") == [("visit_corrected", "finished", "finished", detail)]

    def test_the_same_outcome_again_is_no_contradiction(self, told):
        again = [("outcome", 30, {"outcome": "not_home"}), ("outcome", 40, {"outcome": "not_home"})]
        assert told(*again) == [APPLIED, APPLIED]
        assert _visit().need.attempts == 1


class TestReasonForReview:
    """Such a fact is kept for a person and has no effect at all."""

    @pytest.fixture(autouse=True)
    def _no_effect(self, visit):
        def rows() -> tuple[Any, ...]:
            return tuple(list(model.objects.order_by("pk").values()) for model in (Visit, Need, Resident))

        self.rows = rows

    def test_of_a_revoked_tablet(self, told, device):
        devices.revoke_device(device=device, actor="user:1")
        before = self.rows()
        assert told(("arrived", 20)) == [("review", event_content.REVOKED)]
        assert self.rows() == before

    def test_of_another_teams_visit(self, told, visit):
        theirs = VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift__team=TeamFactory())
        before = self.rows()
        facts = [("arrived", 20), ("location_fixed", 21, {"lat": -7.6, "lon": 111.5, "accuracy_m": 5})]
        assert told(*facts, of=theirs) == [("review", event_content.NO_VISIT)] * 2
        assert self.rows() == before

    def test_by_an_officer_who_is_unknown_of_another_team_or_gone(self, told, officer):
        before = self.rows()
        assert told(("arrived", 20), by=10**9) == [("review", event_content.OFFICER)]
        Officer.objects.update(is_active=False)
        assert told(("arrived", 20)) == [("review", event_content.OFFICER)]
        Officer.objects.update(is_active=True, team=TeamFactory())
        assert told(("arrived", 20)) == [("review", event_content.OFFICER)]
        assert self.rows() == before

    def test_of_a_cancelled_visit(self, told):
        Visit.objects.update(state=VisitState.CANCELLED)
        before = self.rows()
        assert told(("arrived", 20)) == [("review", event_content.CANCELLED)]
        assert self.rows() == before

    def test_of_a_familys_contact(self, told):
        before = self.rows()
        assert told(("contact_corrected", 20, {"phone": "081234567890"})) == [
            ("review", event_content.CONTACT)
        ]
        assert self.rows() == before

    def test_what_waited_for_a_person_does_not_count_with_later_facts(self, told, begun):
        Officer.objects.update(is_active=False)
        told(("arrived", 5))
        Officer.objects.update(is_active=True)

        assert told(("arrived", 20)) == [APPLIED]

        assert _visit().arrived_at == begun + timedelta(minutes=20)

    def test_a_visit_cancelled_while_its_facts_were_on_their_way(self, device, visit, told):
        """Cancelled after the fact was read and before it is applied: the locked row says so."""
        told(("departed", 0))
        event = Event.objects.select_related("visit", "device").get()
        Visit.objects.update(state=VisitState.CANCELLED)

        assert event_effects.apply_event(event=event, data={}) == event_content.CANCELLED


class TestLocation:
    @pytest.fixture
    def fix(self, told, visit):
        """The officer says that the home lies this far north of the village's middle, in degrees."""

        def tell(*norths: float) -> list[tuple[str, str]]:
            village = visit.need.resident.village
            facts = [
                (
                    "location_fixed",
                    20,
                    {"lat": village.latitude + north, "lon": village.longitude, "accuracy_m": 5},
                )
                for north in norths
            ]
            result: list[tuple[str, str]] = told(*facts)
            return result

        return tell

    def _north(self) -> float:
        resident = Resident.objects.select_related("village").get()
        assert resident.longitude == resident.village.longitude
        return round(resident.latitude - resident.village.latitude, 6)

    def test_the_home_is_where_the_officer_stood_and_the_log_says_by_what(self, fix, tablet):
        before = Resident.objects.get().location_source

        assert fix(NORTH) == [APPLIED]

        assert (self._north(), Resident.objects.get().location_source) == (NORTH, LocationSource.OFFICER)
        entry = LogEntry.objects.get(action="location_fixed")
        assert (entry.actor, entry.subject_type, entry.subject_id) == (
            f"device:{tablet.device}",
            "outreach.resident",
            str(Resident.objects.get().pk),
        )
        assert (entry.from_state, entry.to_state) == (before, "officer")
        assert entry.detail == {"source": f"event:{Event.objects.get().pk}"}

    def test_the_same_place_again_is_written_once(self, fix):
        assert fix(NORTH, NORTH) == [APPLIED, APPLIED]
        assert fix(NORTH) == [APPLIED]

        assert len(_log("location_fixed")) == 1

    def test_the_last_fix_holds_in_whatever_order_they_come(self, fix, tablet):
        tablet.sequence = 10
        fix(NORTH)
        tablet.sequence = 5

        assert fix(2 * NORTH) == [APPLIED]
        assert self._north() == NORTH
        tablet.sequence = 20
        assert fix(3 * NORTH) == [APPLIED]
        assert self._north() == round(3 * NORTH, 6)
        assert len(_log("location_fixed")) == 2

    def test_a_place_in_another_regency_waits_for_a_person(self, fix):
        assert fix(0.13, 0.14) == [APPLIED, ("review", event_content.FAR)]  # 14.5 and 15.6 km

        assert self._north() == 0.13
        assert len(_log("location_fixed")) == 1

    def test_a_fix_that_waits_for_a_person_does_not_hold_back_an_earlier_one(self, fix, tablet):
        tablet.sequence = 10
        fix(1.0)
        tablet.sequence = 5

        assert fix(NORTH) == [APPLIED]
        assert self._north() == NORTH

    @pytest.mark.parametrize("data", [{}, {"lat": "x", "lon": 111.5}, {"lat": 91, "lon": 0, "accuracy_m": 1}])
    def test_a_place_that_is_none_is_rejected(self, told, data):
        before = Resident.objects.values().get()
        assert told(("location_fixed", 20, data)) == [("rejected", "")]
        assert Resident.objects.values().get() == before


class TestMessages:
    def test_a_message_is_read_once_and_only_by_its_team(self, told, team):
        mine, theirs = (TeamMessage.objects.create(team=one, text="Halo") for one in (team, TeamFactory()))

        told(("message_read", 1, {"message": mine.pk}), ("message_read", 2, {"message": theirs.pk}))
        first = TeamMessage.objects.get(pk=mine.pk).read_at
        told(("message_read", 3, {"message": mine.pk}))

        assert first is not None
        assert list(TeamMessage.objects.order_by("pk").values_list("read_at", flat=True)) == [first, None]


class TestSettingOut:
    def _set_out(self, tablet, device, officer, day: str) -> tuple[str, str]:
        item = tablet.event("departed", officer=officer.pk, day=day)
        events.receive_events(device=device, items=[item])
        status = EventStatus.objects.get(event=item["id"])
        return (status.state, status.reason)

    def test_it_is_logged_for_the_teams_day(self, tablet, device, officer, shift, clock):
        today = clock.today().isoformat()
        assert self._set_out(tablet, device, officer, today) == (EventState.APPLIED, "")
        assert LogEntry.objects.get(action="team_departed").subject_id == str(shift.pk)

    def test_on_a_day_that_is_not_the_clocks_it_waits_for_a_person(
        self, tablet, device, officer, shift, clock
    ):
        other = (clock.today() + timedelta(days=1)).isoformat()
        assert self._set_out(tablet, device, officer, other) == (EventState.REVIEW, event_content.DAY)
        assert _log("team_departed") == []


def test_a_note_has_no_effect(told):
    before = (Visit.objects.values().get(), Resident.objects.values().get())
    assert told(("note", 1, {"text": "Anjing galak"})) == [APPLIED]
    assert (Visit.objects.values().get(), Resident.objects.values().get()) == before


def test_the_log_of_effects_names_no_person(told):
    resident = _visit().need.resident
    place = {"lat": resident.village.latitude, "lon": resident.village.longitude, "accuracy_m": 5}
    told(("departed", 0), ("arrived", 20), ("location_fixed", 21, place))
    text = str(list(LogEntry.objects.values()))
    assert len(_log("visit_moved", "location_fixed")) == 3
    assert not any(word in text for word in (resident.name, str(place["lat"]), str(place["lon"])))
