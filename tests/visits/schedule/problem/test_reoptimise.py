"""The rest of a day under way, from pressing a button to the new versions, with the real engine."""

import random
from datetime import datetime, timedelta

import pytest
from django.db.models import F

from outreach.enums import NeedState
from outreach.lib.ids import uuid7
from outreach.models import Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import arrival_intervals, lifecycle, promises
from visits.enums import Outcome, ReleaseReason, RunKind, RunState, VisitState
from visits.fieldwork import events, expected_arrivals, team_status
from visits.models import CalendarDay, Device, Plan, PlanRun, Shift, TeamDay, Visit
from visits.planning.day.replan import replan_day
from visits.schedule.dispatch import day_actions
from visits.schedule.plans import draft_routes, keep_costs, plan_changes
from visits.schedule.plans.plan_changes import ChangeKind
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan
from visits.schedule.problem import published_week, reoptimise
from visits.schedule.runs import plan_runs
from visits.sync import days as days_of

pytestmark = pytest.mark.django_db

TEN = at(TUESDAY, 10 * 60)


@pytest.fixture
def teams() -> tuple[Shift, Shift]:
    """Two teams with four homes each, at 09.00, 09.40, 10.20 and 11.00."""
    shifts: tuple[Shift, Shift] = (ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY))
    routes: dict[Shift, list[Need]] = {shift: [NeedFactory() for _ in range(4)] for shift in shifts}
    publish_plan(plan=draft(routes, starts=9 * 60), user=None, now=NOW)
    return shifts


@pytest.fixture(autouse=True)
def _ten_on_tuesday(clock):
    clock.move_to(TEN)


def _of(shift: Shift) -> list[Visit]:
    return list(Visit.objects.filter(shift=shift).order_by("sequence"))


def _report(shift: Shift, *, done: int, at_home: datetime | None = None) -> None:
    """The team's tablet has said that the first homes are done, and that it is at the next since a moment."""
    rows = _of(shift)
    for visit in rows[:done]:
        lifecycle.apply_outcome(
            visit=visit, outcome=Outcome.RECORDED, at=visit.planned_leave, actor="device:1"
        )
    if at_home is not None:
        lifecycle.set_visit_state(visit=rows[done], to=VisitState.ARRIVED, at=at_home, actor="device:1")


def _spoke(*shifts: Shift) -> None:
    """Their tablets have just spoken."""
    for shift in shifts:
        Device.objects.create(
            team=shift.team, name="Tablet", jwk={}, thumbprint=f"made-up-{shift.pk}", last_seen_at=TEN
        )


def _planned(run: PlanRun) -> Plan:
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    return Plan.objects.get(run=run)


def test_a_breakdown_gives_what_is_left_to_the_others_and_touches_nothing_begun(teams) -> None:
    broken, working = teams
    _spoke(broken, working)
    _report(broken, done=1)
    _report(working, done=1, at_home=TEN - timedelta(minutes=5))
    kept = _of(working)[3]
    promises.make_promises(visits=[kept.pk], actor="user:1")
    begun = {
        row.pk: (row.state, row.planned_start, row.sequence) for row in [*_of(broken)[:1], *_of(working)[:2]]
    }
    left = [row.need_id for row in _of(broken)[1:]]

    run = day_actions.report_breakdown(shift=broken, user=None)
    assert run.kind == RunKind.TODAY
    assert day_actions.report_breakdown(shift=broken, user=None) == run
    plan = _planned(run)
    done = publish_plan(plan=plan, user=None)

    assert done.moved + done.cancelled == 3
    assert {
        row.pk: (row.state, row.planned_start, row.sequence) for row in Visit.objects.filter(pk__in=begun)
    } == begun
    moved = Visit.objects.filter(need__in=left, state=VisitState.PUBLISHED)
    assert {row.shift_id for row in moved} == {working.pk}
    kept.refresh_from_db()
    assert (kept.shift, kept.promised) == (working, True)
    days = {day.team_id: day.live for day in TeamDay.objects.select_related("live")}
    assert (days[broken.team_id].number, days[working.team_id].number) == (2, 2)
    assert [stop["need"] for stop in days[broken.team_id].content["stops"]] == [str(_of(broken)[0].need_id)]
    stops = days[working.team_id].content["stops"]
    assert [stop["visit"] for stop in stops[:2]] == [str(row.pk) for row in _of(working)[:2]]
    assert len({stop["sequence"] for stop in stops}) == len(stops)
    assert all(stop["arrive"] >= published_week.published_stop(_of(working)[1]).start_s for stop in stops[2:])
    assert publish_plan(plan=plan, user=None).already

    tablet = Device.objects.get(team=working.team)
    held = days_of.load_day(device=tablet, wanted=TUESDAY, today=TUESDAY)
    assert held is not None
    assert [stop["visit"] for stop in held["content"]["stops"]] == [stop["visit"] for stop in stops]


def test_the_promises_of_a_team_that_fails_are_named(teams) -> None:
    broken, working = teams
    _spoke(broken, working)
    owed = _of(broken)[3]
    promises.make_promises(visits=[owed.pk], actor="user:1")

    plan = _planned(day_actions.report_breakdown(shift=broken, user=None))

    (row,) = plan.summary["broken"]
    assert (row["need"], row["shift"], row["reason"]["code"]) == (str(owed.need_id), broken.pk, "failed")
    assert row["instead"] is not None
    assert plan_changes.find_changes(plan=plan).unreleased == []


def test_somebody_urgent_gets_a_team_today(teams) -> None:
    need = NeedFactory()
    plan = _planned(day_actions.add_urgent(need=need, user=None))
    publish_plan(plan=plan, user=None)

    assert Visit.objects.get(need=need).shift in teams
    with pytest.raises(day_actions.NotUrgentError):
        day_actions.add_urgent(need=need, user=None)


def test_a_late_team_breaks_no_promise_in_silence(teams) -> None:
    """It is at its first home since nine, and its last home was told to be met at eleven."""
    late, other = teams
    _spoke(late, other)
    _report(late, done=0, at_home=at(TUESDAY, 9 * 60))
    Shift.objects.filter(pk=other.pk).update(max_visits=4)
    owed = _of(late)[1]
    Visit.objects.filter(pk=owed.pk).update(
        told_from=at(TUESDAY, 9 * 60), told_until=at(TUESDAY, 9 * 60 + 50)
    )
    promises.make_promises(visits=[owed.pk], actor="user:1")

    plan = _planned(day_actions.replan_today(user=None))

    assert [row["need"] for row in plan.summary["broken"]] == [str(owed.need_id)]
    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=plan, user=None)
    assert refused.value.unreleased == [owed]


def test_a_silent_team_goes_on_as_published(teams) -> None:
    """Nobody has heard of them: at ten, the homes of nine and 09.40 are taken as begun."""
    (first, _second) = team_status.list_team_statuses(now=TEN)
    assert (first.silent, len(first.assumed), len(first.left), first.gone) == (True, 2, 2, 2)
    assert first.free_at == first.assumed[-1].planned_leave

    plan = _planned(day_actions.replan_today(user=None))
    assert plan.summary["today"]["silent"] == [shift.pk for shift in teams]
    assert set(plan.stops.filter(sequence__lte=2).values_list("travel_seconds", flat=True)) == {600}
    done = publish_plan(plan=plan, user=None)

    assert (done.new, done.cancelled) == (0, 0)
    assert all(len(day.live.content["stops"]) >= 2 for day in TeamDay.objects.select_related("live"))
    assert [row.pk for row in first.assumed] == [row.pk for row in _of(first.shift)[:2]]


def test_the_next_home_of_a_silent_team_is_never_moved_unasked(teams) -> None:
    silent, other = teams
    _spoke(other)
    following = _of(silent)[2]
    (held, _) = [team_status.hold_next_home(team) for team in team_status.list_team_statuses(now=TEN)]
    assert [visit.pk for visit in held.assumed] == [visit.pk for visit in _of(silent)[:3]]
    assert held.free_at == following.planned_leave

    plan = _planned(day_actions.add_urgent(need=NeedFactory(), user=None))
    publish_plan(plan=plan, user=None)

    after = Visit.objects.get(pk=following.pk)
    assert (after.shift, after.sequence, after.planned_start) == (silent, 3, following.planned_start)
    assert arrival_intervals.interval_told(after) == arrival_intervals.interval_told(following)


def test_the_hours_of_a_silent_team_s_next_home_hold_no_plan_up(teams) -> None:
    """They may be over by then: the draft leaves them as they are, and says nothing new of them."""
    silent, broken = teams
    following = _of(silent)[2]
    Visit.objects.filter(pk=following.pk).update(
        told_from=at(TUESDAY, 9 * 60 + 30), told_until=at(TUESDAY, 10 * 60)
    )

    plan = _planned(day_actions.report_breakdown(shift=broken, user=None))

    assert plan_changes.find_changes(plan=plan).untrue == []
    publish_plan(plan=plan, user=None)
    after = Visit.objects.get(pk=following.pk)
    assert (after.shift, after.planned_start) == (silent, following.planned_start)


@pytest.mark.parametrize("seed", range(6))
def test_a_draft_just_made_of_any_day_can_be_published_once_its_promises_are_released(
    teams, seed: int
) -> None:
    rng = random.Random(seed)
    third: Shift = ShiftFactory(date=TUESDAY)
    shifts = [*teams, third]
    _spoke(*(shift for shift in shifts if rng.random() < 0.5))
    for shift in teams:
        if Device.objects.filter(team=shift.team).exists():
            _report(shift, done=1, at_home=at(TUESDAY, 9 * 60 + rng.randint(20, 59)))
    for visit in Visit.objects.filter(state=VisitState.PUBLISHED):
        since = at(TUESDAY, rng.randrange(450, 690, 10))
        Visit.objects.filter(pk=visit.pk).update(
            told_from=since, told_until=since + timedelta(minutes=rng.choice([20, 40, 60]))
        )
        if rng.random() < 0.4:
            promises.make_promises(visits=[visit.pk], actor="user:1")
    if seed % 2:
        run = day_actions.report_breakdown(shift=rng.choice(teams), user=None)
    else:
        run = day_actions.add_urgent(need=NeedFactory(), user=None)

    plan = _planned(run)

    found = plan_changes.find_changes(plan=plan)
    assert [(row.code, row.stop.sequence) for row in found.untrue] == []
    for visit in found.unreleased:
        promises.release_promise(visit=visit.pk, reason=ReleaseReason.FAMILY, actor="user:1")
    publish_plan(plan=plan, user=None)


def test_all_believe_a_silent_team_to_be_free_at_one_moment(teams) -> None:
    for team in team_status.list_team_statuses(now=TEN):
        course = expected_arrivals.forecast_day(team, now=TEN)
        first = course.left[0]
        assert team.believed
        assert first.begins >= team.free_at == team.assumed[-1].planned_leave
        assert not any(one.late for one in course.left)


def test_everybody_whose_hours_or_arrival_change_is_listed_and_no_hours_are_over(teams) -> None:
    late, other = teams
    _spoke(late, other)
    _report(late, done=0, at_home=at(TUESDAY, 9 * 60 + 50))
    urgent = NeedFactory()
    before = {
        visit.need_id: arrival_intervals.interval_told(visit) for shift in teams for visit in _of(shift)
    }
    plan = _planned(day_actions.add_urgent(need=urgent, user=None))
    expected = {
        one.visit.need_id: one.begins
        for team in team_status.list_team_statuses(now=TEN)
        for one in expected_arrivals.forecast_day(team, now=TEN).left
    }
    found = plan_changes.find_changes(plan=plan, now=TEN)
    listed = {change.stop.need_id for change in found.stops if change.what != ChangeKind.SAME}

    publish_plan(plan=plan, user=None, now=TEN)

    for visit in Visit.objects.filter(state=VisitState.PUBLISHED):
        since, until = arrival_intervals.interval_told(visit)
        moved = before.get(visit.need_id) != (since, until)
        stop = plan.stops.get(need=visit.need_id)
        assert stop.expected is not None
        then = arrival_intervals.moment_of_day(TUESDAY, stop.expected)
        later = abs(then - expected.get(visit.need_id, then)) > timedelta(minutes=30)
        assert (visit.need_id in listed) is (moved or later or visit.need_id == urgent.pk)
        assert until > TEN
        if moved:
            assert since >= TEN


def _sets_out(shift: Shift, moment: datetime) -> None:
    """Its tablet hands in the tap "Berangkat dari kantor"."""
    Device.objects.update(paired_at=NOW)
    item = {
        "id": str(uuid7()),
        "sequence": 1,
        "kind": "departed",
        "at": moment.isoformat(),
        "since_ms": 0,
        "officer": OfficerFactory(team=shift.team).pk,
        "visit": None,
        "data": {"day": TUESDAY.isoformat()},
    }
    (result,) = events.receive_events(device=Device.objects.get(team=shift.team), items=[item])
    assert result.result == "applied"


def test_a_team_that_set_out_keeps_the_home_it_drives_to(teams) -> None:
    """Ten: both teams were to meet their first homes at nine, and both tablets have just spoken.
    One has said that it set out at five past nine; before that word, its first home could be given away."""
    out, at_base = teams
    _spoke(*teams)
    run = day_actions.replan_today(user=None)
    assert {team.free_s for team in reoptimise.build_day_problem(run=run, now=TEN).facts.teams} == {10 * 3600}
    _sets_out(out, at(TUESDAY, 9 * 60 + 5))

    first = _of(out)[0]
    takes = first.planned_leave - first.planned_start
    there = reoptimise.build_day_problem(run=run, now=TEN)
    (drives, waits) = there.facts.teams
    assert (drives.shift, drives.done, drives.free_s) == (str(out.pk), 1, 10 * 3600 + takes.seconds)
    assert (waits.shift, waits.done, waits.free_s) == (str(at_base.pk), 0, 10 * 3600)
    assert str(first.need_id) not in there.visits

    plan = _planned(run)
    done = publish_plan(plan=plan, user=None)

    assert done.versions >= 1
    first.refresh_from_db()
    assert (first.shift, first.sequence, first.state) == (out, 1, VisitState.PUBLISHED)
    assert all(row.planned_start >= TEN + takes for row in _of(out)[1:])


def test_the_home_of_a_team_that_set_out_meanwhile_is_not_taken_from_it(teams) -> None:
    out, other = teams
    _spoke(*teams)
    plan = _planned(day_actions.replan_today(user=None))
    first = _of(out)[0]
    plan.stops.filter(need=first.need).update(shift=other, sequence=99)
    assert plan_changes.find_changes(plan=plan).refusals == []
    _sets_out(out, TEN - timedelta(minutes=1))

    with pytest.raises(PublishRefusedError, match=f"^moved_on {out.pk}$"):
        publish_plan(plan=plan, user=None)


def test_a_visit_that_takes_longer_is_seen_from_the_reports(teams) -> None:
    _spoke(teams[0])
    _report(teams[0], done=0, at_home=at(TUESDAY, 9 * 60))

    team = team_status.list_team_statuses(now=TEN)[0]

    assert (team.silent, team.overrun) == (False, timedelta(minutes=30))
    assert (team.free_at, len(team.left)) == (TEN + team_status.LONGER, 3)


def test_a_team_on_its_way_to_who_is_away_does_not_hold_up_the_plan(teams) -> None:
    out = teams[0]
    _spoke(*teams)
    _sets_out(out, TEN - timedelta(minutes=1))
    first = _of(out)[0]
    Resident.objects.filter(needs=first.need_id).update(away=True)
    plan = _planned(day_actions.replan_today(user=None))

    publish_plan(plan=plan, user=None)

    first.refresh_from_db()
    assert first.state == VisitState.CANCELLED


def test_what_was_begun_meanwhile_is_left_alone(teams) -> None:
    _spoke(*teams)
    plan = _planned(day_actions.replan_today(user=None))
    visit = _of(teams[0])[0]
    lifecycle.apply_outcome(visit=visit, outcome=Outcome.NOT_HOME, at=TEN, actor="device:1")

    publish_plan(plan=plan, user=None)

    visit.refresh_from_db()
    assert (visit.state, visit.shift) == (VisitState.FINISHED, teams[0])
    assert Visit.objects.filter(need=visit.need).count() == 1
    assert Need.objects.get(pk=visit.need_id).state == NeedState.OPEN


def test_a_home_that_a_team_drives_to_is_not_given_to_another(teams) -> None:
    broken, working = teams
    _spoke(*teams)
    plan = _planned(day_actions.report_breakdown(shift=broken, user=None))
    stop = plan.stops.filter(need__in=[row.need_id for row in _of(broken)], shift=working).first()
    assert stop is not None
    visit = Visit.objects.get(need=stop.need)
    lifecycle.set_visit_state(visit=visit, to=VisitState.TRAVELLING, at=TEN, actor="device:1")

    with pytest.raises(PublishRefusedError, match="moved_on"):
        publish_plan(plan=plan, user=None)


def test_teams_on_the_road_finish_a_day_that_was_closed_since(teams) -> None:
    _spoke(*teams)
    CalendarDay.objects.create(date=TUESDAY, is_open=False, reason="Cuti bersama")
    plan = _planned(day_actions.replan_today(user=None))

    publish_plan(plan=plan, user=None)

    assert Visit.objects.filter(state=VisitState.PUBLISHED).count() == 8


def test_a_team_that_fails_meanwhile_gets_nothing(teams) -> None:
    _spoke(*teams)
    plan = _planned(day_actions.replan_today(user=None))
    assert plan.stops.filter(shift=teams[0]).exists()
    day_actions.report_breakdown(shift=teams[0], user=None)

    with pytest.raises(PublishRefusedError, match=f"^cancelled {teams[0].pk}$"):
        publish_plan(plan=plan, user=None)


def test_a_breakdown_reported_while_it_computes_is_in_its_plan(teams, monkeypatch) -> None:
    """Who reports it is led to the run that is at work, so that run has to know."""
    _spoke(*teams)
    run = day_actions.replan_today(user=None)
    rounds: list[PlanRun] = []

    def meanwhile(*args, **named):
        if not rounds:
            rounds.append(day_actions.report_breakdown(shift=teams[0], user=None))
        else:
            rounds.append(run)
        return replan_day(*args, **named)

    monkeypatch.setattr(plan_runs, "replan_day", meanwhile)
    plan = _planned(run)

    assert rounds == [run, run]
    assert plan.summary["today"]["failed"] == [teams[0].pk]
    assert not plan.stops.filter(shift=teams[0]).exists()
    publish_plan(plan=plan, user=None)


@pytest.mark.parametrize(("later", "code"), [(21, "old"), (15 * 60, "over")])
def test_a_plan_for_now_is_not_published_later(teams, later: int, code: str) -> None:
    plan = _planned(day_actions.replan_today(user=None))
    with pytest.raises(PublishRefusedError, match=code):
        publish_plan(plan=plan, user=None, now=TEN + timedelta(minutes=later))


def test_when_no_team_can_go_on_everybody_waits_for_another_day(teams) -> None:
    later = ShiftFactory(date=TUESDAY + timedelta(days=1))
    for shift in teams:
        run = day_actions.report_breakdown(shift=shift, user=None)
    _spoke(*teams)
    plan = _planned(run)

    assert {row["shift"] for row in plan.summary["instead"].values()} == {later.pk}
    done = publish_plan(plan=plan, user=None)
    assert (done.cancelled, Need.objects.filter(state=NeedState.OPEN).count()) == (8, 8)
    assert day_actions.resume_shift(shift=teams[0], user=None)
    assert not day_actions.resume_shift(shift=teams[0], user=None)


def test_nothing_to_plan_says_so() -> None:
    run = day_actions.replan_today(user=None)
    assert plan_runs.work_on_run(run_id=str(run.pk)) is False
    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, "no_shifts")


def test_the_queries_do_not_grow(
    teams, django_assert_max_num_queries, django_assert_num_queries, clock
) -> None:
    run = day_actions.replan_today(user=None)
    with django_assert_max_num_queries(25) as few:
        reoptimise.build_day_problem(run=run, now=TEN)
    more: dict[Shift, list[Need]] = {ShiftFactory(date=TUESDAY): [NeedFactory(), NeedFactory()]}
    with clock.at(NOW):
        publish_plan(plan=draft(more, starts=11 * 60), user=None, now=NOW)
    with django_assert_num_queries(len(few.captured_queries)):
        reoptimise.build_day_problem(run=run, now=TEN)


def test_every_change_of_the_rest_of_a_day_has_a_price(teams) -> None:
    broken, working = teams
    _spoke(broken, working)
    _report(broken, done=1)

    plan = _planned(day_actions.report_breakdown(shift=broken, user=None))
    found = plan_changes.find_changes(plan=plan)
    prices = keep_costs.price_changes(plan=plan, found=found)

    assert prices.keys() == draft_routes.list_changed_visits(found).keys() != set()
    failed = {str(visit.need_id) for visit in _of(broken)[1:]}
    assert {need for need, kept in prices.items() if kept.relax == (keep_costs.NOT_WORKING,)} == failed


def test_an_hour_that_is_over_cannot_be_kept_and_a_later_one_has_its_price(teams) -> None:
    _spoke(*teams)
    one, two = teams
    plan = _planned(day_actions.replan_today(user=None))
    early, *_, late = _of(one)
    plan.stops.filter(need__in=[early.need_id, late.need_id]).update(shift=two, sequence=F("sequence") + 9)
    found = plan_changes.find_changes(plan=plan)

    prices = keep_costs.price_changes(plan=plan, found=found)

    assert prices[str(early.need_id)].relax == ("window",)  # its hour is over
    kept = prices[str(late.need_id)]
    assert str(late.need_id) in kept.order or kept.shifted or kept.out
    assert kept.shift == str(one.pk)
