"""Two coordinators, or one and a tablet, at the same moment: what both were told was done is done."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from outreach import vault
from outreach.enums import (
    ClosedReason,
    CorrectionReason,
    LocationSource,
    NeedState,
    RequestState,
    ResidentKind,
    Skill,
    Urgency,
)
from outreach.models import LogEntry, Need, Resident, Village, VisitRequest
from outreach.selectors.page_marks import PageSeen, StalePageError, page_mark
from outreach.services import corrections, residents, triage, undoing
from tests.factories.outreach import NeedFactory, ResidentFactory, VisitRequestFactory
from tests.support.races import line_up

if TYPE_CHECKING:
    from tests.support.stack import Stack

PHONE, OTHER_PHONE = "+6281234567890", "+6281298765432"
pytestmark = pytest.mark.clock("2026-11-30T12:00")
both_orders = pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned"])
_niks = count(3519015705500001)


@pytest.fixture(scope="module")
def copied(make_stack: "Callable[[], Stack]") -> "Stack":
    return make_stack()


@pytest.fixture(autouse=True)
def _database_of_its_own(copied: "Stack") -> Iterator[None]:
    with copied.orm():
        yield


def _request(**fields: Any) -> VisitRequest:
    sealed = {name: fields.pop(name) for name in ("nik", "phone") if name in fields}
    row: VisitRequest = VisitRequestFactory.build(
        key=vault.create_person_key(), village=Village.objects.first(), **fields
    )
    for name, text in sealed.items():
        vault.seal_field(row, name, text)
        setattr(row, f"{name}_index", vault.blind_index(name, text))
    row.save(force_insert=True)
    return row


def _need(**fields: Any) -> Need:
    need: Need = NeedFactory(resident=ResidentFactory(village=Village.objects.first(), **fields))
    return need


def _decision(**fields: Any) -> triage.Decision:
    return triage.Decision(**({"kind": ResidentKind.SICK} | fields))


def _race(first: Callable[[], Any], second: Callable[[], Any], *, behind: Any, turned: bool) -> list[Any]:
    """Both answers, of the first call and of the second, in whichever order they were started."""
    if not turned:
        return line_up(first, second, behind=behind)
    return line_up(second, first, behind=behind)[::-1]


def _accept(row: VisitRequest, **fields: Any) -> Callable[[], Any]:
    return partial(triage.accept_request, request=row, decision=_decision(**fields), actor="user:1")


def _merge(row: VisitRequest, resident: Resident) -> Callable[[], Any]:
    return partial(triage.merge_request, request=row, resident=resident, actor="user:1")


def _close(need: Need) -> Callable[[], Any]:
    return partial(triage.close_need, need=need, reason=ClosedReason.MOVED, actor="user:2")


@both_orders
class TestRaces:
    def test_merge_beside_close_joins_no_closed_need(self, turned: bool) -> None:
        need, row = _need(), _request()

        merged, closed = _race(
            _merge(row, need.resident), _close(need), behind=Need.objects.filter(pk=need.pk), turned=turned
        )

        row.refresh_from_db()
        assert closed is True
        if isinstance(merged, Need):  # merged first, then closed
            moved = LogEntry.objects.filter(action__in=("need_joined", "need_moved"), subject_id=str(need.pk))
            assert [entry.action for entry in moved.order_by("pk")] == ["need_joined", "need_moved"]
        else:
            assert (str(merged), row.state) == ("nothing_to_merge", RequestState.RECEIVED)

    def test_accept_beside_close_joins_no_closed_need(self, turned: bool) -> None:
        need, row = _need(), _request()

        accepted, closed = _race(
            _accept(row, resident=need.resident),
            _close(need),
            behind=Need.objects.filter(pk=need.pk),
            turned=turned,
        )

        assert closed is True
        if accepted == need:  # accepted first, then closed
            moved = LogEntry.objects.filter(action__in=("need_joined", "need_moved"), subject_id=str(need.pk))
            assert [entry.action for entry in moved.order_by("pk")] == ["need_joined", "need_moved"]
        else:
            assert Need.objects.get(pk=accepted.pk).state == NeedState.OPEN

    def test_two_merges_lose_no_skill_no_deadline_no_urgency(self, turned: bool) -> None:
        need = _need()
        one = _request(skills=[Skill.RAMP], deadline=date(2030, 1, 1))
        other = _request(skills=[Skill.IRIS])

        answers = _race(
            _merge(one, need.resident),
            _merge(other, need.resident),
            behind=Need.objects.filter(pk=need.pk),
            turned=turned,
        )

        assert answers == [need, need]
        need.refresh_from_db()
        assert (need.skills, need.deadline) == (["iris", "ramp"], date(2030, 1, 1))

    def test_accept_beside_merge_loses_nothing(self, turned: bool) -> None:
        need = _need()
        one, other = _request(), _request(skills=[Skill.IRIS], deadline=date(2030, 1, 1))

        answers = _race(
            _accept(one, resident=need.resident, urgency=Urgency.HIGH, skills=["ramp"]),
            _merge(other, need.resident),
            behind=Need.objects.filter(pk=need.pk),
            turned=turned,
        )

        assert answers == [need, need]
        need.refresh_from_db()
        assert (need.skills, need.deadline, need.urgency) == (
            ["iris", "ramp"],
            date(2030, 1, 1),
            Urgency.HIGH,
        )

    def test_merge_beside_new_conditions_loses_no_skill(self, turned: bool) -> None:
        need, row = _need(), _request(skills=[Skill.IRIS])
        change = partial(
            triage.change_conditions,
            need=need,
            urgency=Urgency.HIGH,
            skills=["ramp"],
            not_before=None,
            deadline=None,
            weekdays=[],
            windows=[],
            actor="user:2",
            seen=PageSeen(mark=page_mark([need]), subjects=(need,), actor="user:2"),
        )

        merged, changed = _race(
            _merge(row, need.resident), change, behind=Need.objects.filter(pk=need.pk), turned=turned
        )

        assert merged == need
        need.refresh_from_db()
        if changed is True:  # first the conditions, then the merge
            assert (need.urgency, need.skills) == (Urgency.HIGH, ["iris", "ramp"])
        else:  # who changes them is told of the merge
            assert isinstance(changed, StalePageError)
            assert [line.action for line in changed.news] == ["Permohonan lain digabung"]
            assert (need.urgency, need.skills) == (Urgency.NORMAL, ["iris"])

    def test_two_residents_are_not_given_one_nik_unchecked(self, turned: bool) -> None:
        one, other = _need().resident, _need().resident
        nik = str(next(_niks))

        def correct(row: Resident) -> Callable[[], Any]:
            return partial(
                corrections.correct_resident,
                resident=row,
                values={"nik": nik},
                reason=CorrectionReason.TYPO,
                actor="user:1",
            )

        both = Resident.objects.filter(pk__in=[one.pk, other.pk])
        answers = _race(correct(one), correct(other), behind=both, turned=turned)

        assert sorted(map(str, answers)) == ["['nik']", "same_nik"]
        assert Resident.objects.filter(nik_index=vault.blind_index("nik", nik)).count() == 1

    def test_undo_beside_a_merge_leaves_no_request_with_a_closed_need(self, turned: bool) -> None:
        row, other = _request(), _request()
        need = triage.accept_request(request=row, decision=_decision(), actor="user:1")

        undone, merged = _race(
            partial(undoing.undo_decision, request=row, actor="user:2"),
            _merge(other, need.resident),
            behind=Resident.objects.filter(pk=need.resident_id),
            turned=turned,
        )

        assert undone is True
        need.refresh_from_db()
        if isinstance(merged, Need):  # merged first: the need lives on for the other request
            assert need.state == NeedState.OPEN
        else:
            assert (str(merged), need.state) == ("nothing_to_merge", NeedState.CLOSED)

    def test_merge_beside_a_pin_keeps_the_pin(self, turned: bool) -> None:
        need, row = _need(), _request(phone=PHONE)
        resident = need.resident
        pin = partial(
            residents.locate_resident, resident=resident, latitude=-7.601, longitude=111.501, actor="user:2"
        )

        merged, pinned = _race(
            _merge(row, resident), pin, behind=Resident.objects.filter(pk=resident.pk), turned=turned
        )

        assert (merged, pinned) == (need, True)
        found = Resident.objects.get(pk=resident.pk)
        assert (found.latitude, found.location_source) == (-7.601, LocationSource.PIN)
        assert vault.unseal_field(found, "phone") == PHONE

    @pytest.mark.parametrize("accepting", [False, True], ids=["merge", "accept"])
    def test_a_corrected_phone_is_kept(self, turned: bool, accepting: bool) -> None:
        need, row = _need(), _request(phone=PHONE, nik=str(next(_niks)))
        resident = need.resident
        correct = partial(
            residents.correct_contact,
            resident=resident,
            carer_name="",
            phone=OTHER_PHONE,
            actor="device:1",
            source="event:1",
        )

        joined, changed = _race(
            _accept(row, resident=resident) if accepting else _merge(row, resident),
            correct,
            behind=Resident.objects.filter(pk=resident.pk),
            turned=turned,
        )

        assert (joined, changed) == (need, ["phone"])
        found = Resident.objects.get(pk=resident.pk)
        assert vault.unseal_field(found, "phone") == OTHER_PHONE
        assert found.phone_index == vault.blind_index("phone", OTHER_PHONE)
        assert vault.unseal_field(found, "nik")

    def test_one_nik_accepted_twice_is_one_resident(self, turned: bool) -> None:
        nik = str(next(_niks))
        one, other = _request(nik=nik), _request(nik=nik)

        answers = _race(
            _accept(one), _accept(other), behind=Village.objects.filter(pk=one.village_id), turned=turned
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["Need", "TriageError"]
        assert [str(answer) for answer in answers if not isinstance(answer, Need)] == ["same_nik"]
        assert Resident.objects.filter(nik_index=vault.blind_index("nik", nik)).count() == 1
        states = VisitRequest.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)
        assert sorted(states) == ["accepted", "received"]

    def test_requests_that_name_one_another_wait_for_one_another(self, turned: bool) -> None:
        resident = _need().resident
        one, other = _request(), _request()

        answers = _race(
            _accept(one, resident=resident, also=[other]),
            _accept(other, resident=resident, also=[one]),
            behind=Resident.objects.filter(pk=resident.pk),
            turned=turned,
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["Need", "TriageError"]
        assert [str(answer) for answer in answers if not isinstance(answer, Need)] == ["decided"]
        states = VisitRequest.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)
        assert sorted(states) == ["accepted", "merged"]

    def test_one_request_accepted_twice_is_one_need(self, turned: bool) -> None:
        row = _request()

        first, second = _race(
            _accept(row), _accept(row), behind=VisitRequest.objects.filter(pk=row.pk), turned=turned
        )

        assert first == second
        assert isinstance(first, Need)
