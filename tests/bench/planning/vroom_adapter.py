"""VROOM (pyvroom) on a planning case, whole or day by day.

Days lie one after another on one time line; windows, breaks, skills, priorities and `max_tasks` are
VROOM's own. Its priority goes from 0 to 100, so points are scaled to it; a lock is a skill that only its
vehicle has. VROOM cannot require a job, so where there are locks they get 100 and all others at most 25. Day by day plans each date with what the dates before left over and
shares the seconds among the dates.
"""

from __future__ import annotations

import datetime as dt

import vroom

from visits.planning import Problem, Visit
from visits.planning.rules import find_ban

DAY = 200_000
VARIANTS = ("whole", "daily")


def solve(problem: Problem, seconds: float, seed: int, variant: str) -> dict[str, list[str]]:
    """Shift id -> visit ids in order. VROOM is deterministic; `seed` is not used."""
    if variant == "whole":
        return solve_dates(problem, list(problem.visits), list(problem.horizon), seconds)
    out: dict[str, list[str]] = {}
    left = list(problem.visits)
    for date in problem.horizon:
        todays = [v for v in left if not v.locked or problem.shift_by_id[v.locked].date == date]
        out |= solve_dates(problem, todays, [date], seconds / len(problem.horizon))
        served = {visit_id for ids in out.values() for visit_id in ids}
        left = [v for v in left if v.id not in served]
    return out


def solve_dates(
    problem: Problem, visits: list[Visit], dates: list[dt.date], seconds: float
) -> dict[str, list[str]]:
    shifts = [s for s in problem.shifts if s.date in dates]
    skill_ids: dict[object, int] = {}

    def skill(name: object) -> int:
        return skill_ids.setdefault(name, len(skill_ids) + 1)

    model = vroom.Input()
    model.set_durations_matrix("car", problem.travel.matrix(problem.locations))
    for number, shift in enumerate(shifts):
        day = problem.day_index[shift.date] * DAY
        model.add_vehicle(
            vroom.Vehicle(
                id=number + 1,
                start=shift.start_location,
                end=shift.end_location,
                skills={skill(s) for s in shift.skills} | {skill(("lock", shift.id))},
                time_window=vroom.TimeWindow(day + shift.start_s, day + shift.end_s),
                breaks=[
                    vroom.Break(i + 1, [vroom.TimeWindow(day + a, day + a)], service=b - a)
                    for i, (a, b) in enumerate(shift.breaks)
                    if b > a
                ],
                max_tasks=shift.max_visits,
            )
        )
    top = max((v.priority for v in visits), default=1)
    most = 25 if any(v.locked for v in visits) else 100
    for number, visit in enumerate(visits):
        windows = [
            (problem.day_index[date] * DAY + a, problem.day_index[date] * DAY + b)
            for date in dates
            if visit.dates is None or date in visit.dates
            for a, b in sorted(visit.windows)
        ]
        if not windows or not any(find_ban(visit, s) is None for s in shifts):
            continue
        needs = {skill(s) for s in visit.skills} | (
            {skill(("lock", visit.locked))} if visit.locked else set()
        )
        model.add_job(
            vroom.Job(
                id=number + 1,
                location=visit.location,
                default_service=visit.service_s,
                skills=needs,
                priority=100 if visit.locked else max(1, round(visit.priority / top * most)),
                time_windows=[vroom.TimeWindow(a, b) for a, b in windows],
            )
        )
    solution = model.solve(exploration_level=5, nb_threads=2, timeout=dt.timedelta(seconds=seconds))
    out: dict[str, list[str]] = {}
    for row in solution.routes.itertuples():
        if row.type == "job":
            out.setdefault(shifts[row.vehicle_id - 1].id, []).append(visits[int(row.id) - 1].id)
    return out
