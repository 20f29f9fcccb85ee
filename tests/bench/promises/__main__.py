"""Do drafts and re-plans tell families only true hours? Counts over generated days.

python -m tests.bench.promises [--days 5000] [--replans 500] [--first 0]

Days (tests/support/told_days.py): loosened places whose families know hours of any other moment, breaks, shared stops,
days under way with teams that set out late. Re-plans (tests/support/working_day.py): breakdowns, overruns, somebody
urgent, silent teams who keep their next home, and neighbours who share a stop, at 09.00, 10.30 and 13.00, planned
again with few iterations. Each is told hours; who can be told no true ones leaves the plan, the promised last, as
their promise is broken by name then. What is left is held against the rules (visits/planning/told_rules.py) and, of
re-plans, against a referee here that shares no line with them. Exit status 1 where anybody breaks a rule.

What needs a database (the writers of drafts, moves by hand, publishing, all doors of the office) is walked through by
`python -m tests.bench.promises.doors`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from tests.support import told_days, working_day
from visits.planning.day.day_state import DayState
from visits.planning.day.replan import replan_day
from visits.planning.result import leave_out
from visits.planning.types import Interval, Plan, Problem
from visits.planning.uncertainty.arrival import Promise
from visits.planning.uncertainty.simulate import Home, Replay, SimulatedDay, replay_days

RUNS = 60
TIMES = (9 * 3600, 10 * 3600 + 1800, 13 * 3600)


def check_days(first: int, count: int) -> Counter[str]:
    """Generated days, told and held against the rules."""
    found = Counter[str]()
    for seed in range(first, first + count):
        (one,) = replay_days(
            [told_days.make_day(seed)], world=told_days.WORLD, promise=Promise(), seed=1, runs=RUNS
        )
        found["days"] += 1
        found["families told"] += len(one.told)
        found["known hours kept"] += sum(
            home.told == told for home, told in zip(one.day.homes, one.told, strict=True)
        )
        found.update(f"breach, day: {row.code}" for row in one.list_breaches(Promise()))
    return found


def check_replans(first: int, count: int) -> Counter[str]:
    """Re-plans of generated days under way."""
    found = Counter[str]()
    for seed in range(first, first + count):
        day, published, told = working_day.published_day(seed, teams=3, stops=5, neighbours=0.3)
        now_s = TIMES[seed % 3]
        facts = working_day.at(
            day,
            published,
            told,
            now_s,
            failed=frozenset({"t0d0"} if seed % 2 else ()),
            overrun_s={"t1d0": 2400} if seed % 5 else {},
        )
        for shift in ("t1d0", "t2d0"):
            facts = _hold_next_home(day, published, facts, shift) if (seed // 2) % 2 else facts
        urgent = [
            replace(day.visits[0], id="urgent", priority=300.0, locked=None, published=None, move_points=0)
        ]
        urgent = urgent if seed % 3 else []
        facts = replace(facts, urgent=tuple(visit.id for visit in urgent))
        problem, stops = working_day.stops_of(day, published, facts, urgent)
        result = replan_day(problem, published, facts, stops=stops, iterations=60, seed=seed)
        plan, promised = result.plan, {v.id for v in result.problem.visits if v.locked}
        while True:
            replays = _tell(result.problem, plan, facts, told, opened_s=working_day.HOURS[0])
            untrue = [
                (plan.routes[at].stops[int(row.visit)].visit, row.code)
                for at, one in enumerate(replays)
                for row in one.list_breaches(Promise())
            ]
            out = {visit for visit, _ in untrue}
            if not out:
                break
            waiting = out - promised
            found["re-plan: promise broken by name"] += 0 if waiting else len(out)
            out = waiting or out
            found["re-plan: left out"] += len(out)
            plan = leave_out(result.problem, plan, out, follows=result.followers, code="hours")
        found["re-plans"] += 1
        found["families told"] += sum(len(one.told) for one in replays)
        found["urgent visits served"] += sum(stop.visit == "urgent" for r in plan.routes for stop in r.stops)
        found.update(f"breach, re-plan: {code}" for one in replays for code in _list_faults(one))
    return found


def _hold_next_home(day: Problem, published: Plan, facts: DayState, shift: str) -> DayState:
    """A silent team keeps the home that it goes to next, and is free when that is done."""
    route = next((row for row in published.routes if row.shift == shift), None)
    at = next((at for at, team in enumerate(facts.teams) if team.shift == shift), None)
    following = next((stop for stop in route.stops if stop.visit not in facts.gone), None) if route else None
    if at is None or following is None:
        return facts
    team = facts.teams[at]
    there = replace(
        team,
        location=day.visit_by_id[following.visit].location,
        free_s=max(team.free_s, following.leave_s),
        done=team.done + 1,
    )
    teams = (*facts.teams[:at], there, *facts.teams[at + 1 :])
    return replace(facts, gone=facts.gone | {following.visit}, teams=teams)


def _list_faults(one: Replay) -> list[str]:
    """The rules that the told hours of a re-planned team-day break, read anew from the issue's words."""
    found: list[str] = []
    day, since_s = one.day, 0
    opened_s = day.start_s if day.opened_s is None else day.opened_s
    for home, (begin_s, end_s), doors in zip(day.homes, one.told, one.doors, strict=True):
        new = home.told != (begin_s, end_s)
        middle_s = sorted(doors)[(len(doors) - 1) // 2]
        faults = {
            "outside the shift": begin_s < opened_s or end_s > day.end_s,
            "in the break": any(begin_s < to_s and from_s < end_s for from_s, to_s in day.breaks),
            "misses the arrival": not begin_s - 1 <= middle_s <= end_s + 1,
            "backwards": begin_s < since_s,
            "before the team can come": new and begin_s < max(day.start_s, day.now_s) + day.homes[0].drive_s,
            "too short": new and end_s - begin_s < Promise().narrowest_s,
        }
        found += [name for name, broken in faults.items() if broken]
        since_s = begin_s
    return found


def _tell(
    problem: Problem, plan: Plan, facts: DayState, told: Mapping[str, Interval], *, opened_s: int
) -> list[Replay]:
    """The hours that the families of these routes are told; the shifts began at `opened_s`."""
    days = []
    for route in plan.routes:
        shift = problem.shift_by_id[route.shift]
        here, homes = shift.start_location, []
        for stop in route.stops:
            visit = problem.visit_by_id[stop.visit]
            homes.append(
                Home(
                    problem.seconds(shift.vehicle, here, visit.location),
                    told_days.VISIT,
                    fixed_s=max(0, visit.service_s - 1500),
                    in_vain=0.1,
                    windows=((0, 86_400),),
                    told=told.get(visit.id),
                    firm=visit.locked is not None,
                    awaited=visit.id in told and stop.start_s >= told[visit.id][0],
                )
            )
            here = visit.location
        home_s = problem.seconds(shift.vehicle, here, shift.end_location)
        days.append(
            SimulatedDay(
                shift.start_s,
                shift.end_s,
                shift.breaks,
                tuple(homes),
                home_s,
                opened_s=opened_s,
                now_s=facts.now_s,
            )
        )
    return replay_days(days, world=told_days.WORLD, promise=Promise(), seed=1, runs=RUNS)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("days", 5000), ("replans", 500), ("first", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    began = time.perf_counter()
    found = check_days(asked.first, asked.days) + check_replans(asked.first, asked.replans)
    for name, count in sorted(found.items()):
        print(f"{count:8}  {name}")
    print(f"{time.perf_counter() - began:8.0f}  seconds")
    return 1 if any(name.startswith("breach") for name in found) else 0


if __name__ == "__main__":
    sys.exit(main())
