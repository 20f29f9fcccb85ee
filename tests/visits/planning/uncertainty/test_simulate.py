"""Replays: the rules' walk where nothing is uncertain, the rules of the road where much is, and the figures."""

import dataclasses
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import told_days
from tests.support.planning_case import make_problem
from tests.support.told_days import tell_intervals
from visits.planning import walk_route
from visits.planning.result import drop_until_feasible
from visits.planning.types import DAY_S, Problem
from visits.planning.uncertainty.arrival import Promise, share_within
from visits.planning.uncertainty.durations import Duration
from visits.planning.uncertainty.simulate import (
    Home,
    LearnedWorld,
    SimulatedDay,
    replay_day,
    replay_days,
    report_week,
)

HALF_SEVEN, NOON, ONE, END = 27_000, 43_200, 46_800, 55_800
VISIT = Duration(math.log(24), 0.35, 20)
AT_ONCE = Duration(math.log(1e-6), 0.1)
VAIN = Duration(math.log(8), 0.35, 20)
MODEL = LearnedWorld(in_vain=VAIN)


@dataclasses.dataclass(frozen=True)
class Clockwork:
    """A world in which every drive takes as long as planned, and the visits what is said."""

    lasts_s: tuple[float, ...]

    def draw_drives(self, rng, day, runs):
        seconds = [home.drive_s for home in day.homes] + [day.home_s]
        return np.array(seconds, dtype=float)[:, None].repeat(runs, axis=1)

    def draw_visits(self, rng, day, runs):
        return np.array(self.lasts_s, dtype=float)[:, None].repeat(runs, axis=1)


def day(*homes: Home, breaks=((NOON, ONE),), end_s: int = END) -> SimulatedDay:
    return SimulatedDay(HALF_SEVEN, end_s, breaks, homes, 600)


def home(drive_s: int = 900, **more) -> Home:
    return Home(drive_s, **{"duration": VISIT, "fixed_s": 600, "in_vain": 0.1, **more})


def full_day(count: int = 8) -> SimulatedDay:
    return day(*(home() for _ in range(count)))


def once(what: SimulatedDay, *lasts_s: float):
    return replay_day(what, world=Clockwork(lasts_s), rng=np.random.default_rng(0), runs=2)


def _routes(problem: Problem) -> list[tuple[SimulatedDay, list[int], int]]:
    """The feasible routes of a problem as days; with the starts and the end of the rules' walk."""
    found = []
    for number, shift in enumerate(problem.shifts):
        rows = [visit for n, visit in enumerate(problem.visits) if n % len(problem.shifts) == number]
        kept = drop_until_feasible(problem, shift, rows)
        visits = [problem.visit_by_id[stop.visit] for stop in kept.stops]
        walked = walk_route(problem, shift, visits)
        here, homes = shift.start_location, []
        for visit in visits:
            drive_s = problem.seconds(shift.vehicle, here, visit.location)
            homes.append(Home(drive_s, AT_ONCE, fixed_s=visit.service_s, windows=visit.windows))
            here = visit.location
        what = SimulatedDay(
            shift.start_s,
            shift.end_s,
            shift.breaks,
            tuple(homes),
            problem.seconds(shift.vehicle, here, shift.end_location),
        )
        found.append((what, [stop.start_s for stop in walked.stops], walked.end_s))
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_where_nothing_is_uncertain_a_replay_is_the_walk_of_the_rules(seed: int) -> None:
    problem = make_problem(seed)
    for what, starts, end_s in _routes(problem):
        found = once(what, *(home.fixed_s for home in what.homes))

        assert found.doors[:, 0].tolist() == pytest.approx(starts, abs=1)
        if starts:
            assert found.end_s[0] == pytest.approx(end_s, abs=1)
            assert found.overtime_s[0] == pytest.approx(0, abs=1)


def test_a_team_waits_for_the_interval_that_was_told() -> None:
    found = once(day(home(told=(30_000, 31_000)), home(told=(0, DAY_S))), 1200, 1200)

    assert found.doors[:, 0].tolist() == [30_000, 30_000 + 1200 + 900]
    assert found.idle_s[0] == 30_000 - HALF_SEVEN - 900


def test_a_visit_that_runs_into_the_break_is_finished_and_the_break_taken_whole() -> None:
    what = day(home(drive_s=14_000), home())  # at the first door at 11.23, usually done by 11.57

    begin = HALF_SEVEN + 14_000
    found = once(what, 3600, 600)

    assert found.doors[0, 0] == begin
    assert found.doors[1, 0] == begin + 3600 + 3600 + 900
    assert found.idle_s[0] == 0


def test_a_visit_that_usually_does_not_fit_waits_for_the_end_of_the_break() -> None:
    found = once(day(home(drive_s=15_000)), 600)

    assert found.doors[0, 0] == ONE
    assert found.idle_s[0] == ONE - (HALF_SEVEN + 15_000) - 3600  # the break is no idling


@pytest.mark.parametrize(("grace_s", "begins"), [(0, False), (599, False), (601, True), (3600, True)])
def test_a_visit_that_usually_runs_a_little_into_the_break_is_begun(grace_s: int, begins: bool) -> None:
    ready = NOON + 600 - 34 * 60  # a usual visit here, kit included, ends ten minutes into the break
    what = dataclasses.replace(day(home(drive_s=ready - HALF_SEVEN), home()), grace_s=grace_s)

    found = once(what, 34 * 60, 600)

    assert found.doors[0, 0] == (ready if begins else ONE)
    assert found.doors[1, 0] == (NOON + 600 + 3600 if begins else ONE + 34 * 60) + 900


def test_a_team_that_comes_as_the_break_begins_takes_it_first_however_short_the_visit() -> None:
    short = home(drive_s=NOON - HALF_SEVEN, duration=AT_ONCE, fixed_s=300)

    assert once(dataclasses.replace(day(short), grace_s=600), 300).doors[0, 0] == ONE


def test_a_team_that_is_late_for_all_hours_comes_all_the_same() -> None:
    found = once(day(home(windows=((28_000, 28_500), (30_000, 30_100)), drive_s=4000), home()), 600, 600)

    assert found.doors[0, 0] == HALF_SEVEN + 4000


def test_work_after_the_shift_is_overtime() -> None:
    found = once(day(home(drive_s=25_000), end_s=54_000), 3600)

    assert found.overtime_s[0] == HALF_SEVEN + 25_000 + 3600 + 3600 + 600 - 54_000


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.floats(0, 0.5))
def test_no_visit_begins_in_a_break_or_before_it_was_told(seed: int, homes: int, in_vain: float) -> None:
    what = day(*(home(in_vain=in_vain) for _ in range(homes)))
    (told,) = tell_intervals([what], world=MODEL, promise=Promise(), seed=seed, runs=60)
    found = replay_day(told, world=MODEL, rng=np.random.default_rng(seed), runs=60)

    assert not ((found.doors >= NOON) & (found.doors < ONE)).any()
    for doors, interval in zip(found.doors, found.told, strict=True):
        assert (doors >= interval[0]).all()
        assert interval[0] > HALF_SEVEN + what.homes[0].drive_s - Promise().step_s
    assert (np.diff(found.doors, axis=0) > 0).all()
    assert (found.idle_s >= -1e-6).all()


def test_intervals_widen_along_the_day_and_hold_on_other_days() -> None:
    (told,) = tell_intervals([full_day()], world=MODEL, promise=Promise(), seed=1)
    (unbroken,) = tell_intervals(
        [dataclasses.replace(full_day(), breaks=())], world=MODEL, promise=Promise(), seed=1
    )
    widths = [home.told[1] - home.told[0] for home in unbroken.homes if home.told]

    assert widths[0] == 1200
    assert sum(widths[4:]) / 4 > sum(widths[:4]) / 4 + 600
    assert report_week([told], world=MODEL, seed=2).coverage == pytest.approx(0.8, abs=0.03)


def test_families_are_told_no_hours_that_do_not_suit_them() -> None:
    hours = (30_000, 33_600)
    plain, bound = (
        tell_intervals([day(home(), home(), home(windows=w))], world=MODEL, promise=Promise(), seed=1)[0]
        .homes[2]
        .told
        for w in (((0, DAY_S),), (hours,))
    )

    assert plain is not None
    assert bound is not None
    assert plain[1] > hours[1]
    assert hours[0] <= bound[0] < bound[1] <= hours[1]


def test_no_interval_ends_in_a_break_or_right_after_it() -> None:
    ends = set()
    for drive_s in range(600, 14_000, 200):
        (told,) = tell_intervals(
            [day(home(drive_s), home())], world=MODEL, promise=Promise(), seed=1, runs=100
        )
        ends |= {one.told[1] for one in told.homes if one.told}

    assert ends
    assert not any(NOON < end <= ONE for end in ends)
    assert any(end > ONE for end in ends)


def test_an_interval_beside_a_break_until_midnight_ends_with_the_day() -> None:
    late = dataclasses.replace(day(home(), home(), breaks=((0, DAY_S),)), end_s=DAY_S)
    (one,) = tell_intervals(
        [late], world=LearnedWorld(Duration(1.5, 0.3)), promise=Promise(), seed=1, runs=20
    )
    assert [h.told is not None and h.told[0] < h.told[1] <= DAY_S for h in one.homes] == [True, True]


def test_an_interval_told_before_is_kept_until_it_is_no_longer_true() -> None:
    (first,) = tell_intervals([full_day()], world=MODEL, promise=Promise(), seed=1)
    (again,) = tell_intervals([first], world=MODEL, promise=Promise(), seed=9)
    pushed = dataclasses.replace(first, homes=(home(drive_s=3600), *first.homes))
    (new,) = tell_intervals([pushed], world=MODEL, promise=Promise(), seed=9)

    assert again == first
    changed = [now.told != before.told for now, before in zip(new.homes[1:], first.homes, strict=True)]
    assert changed[:3] == [True, True, True]


def test_no_team_waits_for_old_hours_in_another_order() -> None:
    (first,) = tell_intervals([full_day(6)], world=MODEL, promise=Promise(), seed=1)
    loosened = dataclasses.replace(first, homes=first.homes[::-1])
    (found,) = replay_days([loosened], world=MODEL, promise=Promise(), seed=1)

    assert found.list_breaches(Promise()) == []
    assert found.told[0] != loosened.homes[0].told
    assert found.overtime_s.mean() < 300  # waiting for the old hours it would come home at night
    assert replay_day(loosened, world=MODEL, rng=np.random.default_rng(1)).overtime_s.mean() > 7200


def test_an_old_interval_is_kept_where_the_plan_waits_for_it_too() -> None:
    late = home(told=(36_000, 38_400))
    for awaited in (True, False):
        what = day(dataclasses.replace(late, awaited=awaited))
        (told,) = tell_intervals([what], world=MODEL, promise=Promise(), seed=1)
        assert (told.homes[0].told == late.told) is awaited


def test_a_firm_interval_is_kept_only_inside_the_shift_and_outside_the_break() -> None:
    for told, kept in (
        ((36_000, 37_200), True),
        ((42_000, 48_000), False),  # across the break
        ((54_600, 57_600), False),  # after the team went home
        ((27_000, 27_600), False),  # before the team can be there
    ):
        (found,) = tell_intervals([day(home(told=told, firm=True))], world=MODEL, promise=Promise(), seed=1)
        assert (found.homes[0].told == told) is kept


def test_on_the_day_nobody_is_told_hours_before_now_and_the_drive() -> None:
    over = home(drive_s=900, told=(33_600, 36_600))  # told 09.20-10.10 once
    what = dataclasses.replace(day(over), opened_s=HALF_SEVEN, now_s=36_060)
    (found,) = replay_days([what], world=Clockwork((1200,)), promise=Promise(), seed=1)

    assert found.told == ((37_200, 38_400),)  # 10.01 and a quarter of an hour is 10.16, told from 10.20 on
    assert (found.doors[0] >= 36_960).all()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1_000_000))
def test_every_day_is_told_hours_that_keep_the_rules(seed: int) -> None:
    (found,) = replay_days([told_days.make_day(seed)], world=MODEL, promise=Promise(), seed=1, runs=60)

    assert found.list_breaches(Promise()) == []


def test_a_report_counts_what_the_replays_show_and_repeats_itself() -> None:
    days = tell_intervals([full_day(), full_day(5)], world=MODEL, promise=Promise(), seed=3)
    found = report_week(days, world=MODEL, seed=4)

    assert (found.runs, found.team_days, found.homes) == (500, 2, 13)
    assert found == report_week(days, world=MODEL, seed=4)
    assert found != report_week(days, world=MODEL, seed=5)
    runs = [
        replay_day(one, world=MODEL, rng=np.random.default_rng([4, number]))
        for number, one in enumerate(days)
    ]
    shares = [
        share_within(doors, told) for run in runs for doors, told in zip(run.doors, run.told, strict=True)
    ]
    assert found.coverage == pytest.approx(np.mean(shares))
    assert found.on_time == pytest.approx(found.coverage)  # nobody rings early
    assert found.overtime_mean_s == pytest.approx(np.mean([run.overtime_s.mean() for run in runs]))
    assert found.overtime_mean_s <= found.overtime_p95_s or found.overtime_p95_s == 0


def test_a_report_counts_by_experience_where_there_is_some() -> None:
    promise = Promise(stretch=0.4)
    days = tell_intervals([full_day()] * 3, world=MODEL, promise=promise, seed=3)

    assert report_week(days, world=MODEL, seed=4).coverage > 0.86
    assert report_week(days, world=MODEL, seed=4, promise=promise).coverage == pytest.approx(0.8, abs=0.05)


def test_a_week_without_homes_reports_nothing() -> None:
    assert report_week([day()], world=MODEL, seed=1).homes == 0


def test_a_week_of_six_teams_is_replayed_500_times_in_two_seconds() -> None:
    begun = time.process_time()
    days = tell_intervals([full_day()] * 30, world=MODEL, promise=Promise(), seed=1)
    report_week(days, world=MODEL, seed=2)

    assert time.process_time() - begun < 2


def test_more_visits_in_vain_end_the_day_earlier() -> None:
    ends = [
        replay_day(
            day(*(home(in_vain=chance) for _ in range(8))), world=MODEL, rng=np.random.default_rng(1)
        ).end_s.mean()
        for chance in (0.0, 0.3)
    ]
    assert ends[0] - ends[1] == pytest.approx(8 * 0.3 * 60 * (10 + 25.8 - 8.6), rel=0.15)
