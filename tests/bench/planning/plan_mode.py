"""VROOM's plan mode as a second, independent referee of a plan: it walks every route and names violations.

The idea: `Input.check` computes arrivals for given steps and reports each broken window, skill, break,
capacity and lateness. Every route is asked alone; a break is a step put where the plan has it. Travel must be ours to the second.
"""

from __future__ import annotations

from collections.abc import Sequence

import vroom

from visits.planning import Plan, Problem, Route, Visit


def objections(problem: Problem, plan: Plan) -> list[str]:
    """What VROOM has against the plan; empty when it agrees with every route."""
    names = sorted({skill for row in (*problem.visits, *problem.shifts) for skill in row.skills})
    skill_ids = {name: number + 1 for number, name in enumerate(names)}
    return [text for route in plan.routes for text in _route(problem, route, skill_ids)]


def _route(problem: Problem, route: Route, skill_ids: dict[str, int]) -> list[str]:
    shift = problem.shift_by_id[route.shift]
    visits = [problem.visit_by_id[stop.visit] for stop in route.stops]
    wrong = [f"{v.id}: date" for v in visits if v.dates is not None and shift.date not in v.dates]
    places = [shift.start_location, *(v.location for v in visits), shift.end_location]
    model = vroom.Input()
    model.set_durations_matrix("car", [[problem.seconds(0, a, b) for b in places] for a in places])
    breaks = [(a, b) for a, b in shift.breaks if a < b and a < route.end_s]
    model.add_vehicle(
        vroom.Vehicle(
            id=1,
            start=0,
            end=len(places) - 1,
            skills={skill_ids[s] for s in shift.skills},
            time_window=vroom.TimeWindow(shift.start_s, shift.end_s),
            breaks=[
                vroom.Break(i + 1, [vroom.TimeWindow(a, a)], service=b - a) for i, (a, b) in enumerate(breaks)
            ],
            max_tasks=shift.max_visits,
            steps=_steps(route, breaks),
        )
    )
    for i, visit in enumerate(visits):
        model.add_job(_job(i + 1, visit, skill_ids))
    told = model.check().to_dict()
    for row in told["routes"]:
        wrong += [f"{route.shift}: {violation['cause']}" for violation in row.get("violations", [])]
        for step in row["steps"]:
            wrong += [f"{route.shift} {step.get('id')}: {v['cause']}" for v in step.get("violations", [])]
    if told["summary"]["duration"] != route.travel_s or told["summary"]["unassigned"]:
        wrong.append(f"{route.shift}: drives {told['summary']['duration']} s, not {route.travel_s}")
    return wrong


def _steps(route: Route, breaks: Sequence[tuple[int, int]]) -> list[object]:
    steps: list[object] = [vroom.VehicleStep("start")]
    left = list(enumerate(breaks))
    for i, stop in enumerate(route.stops):
        while left and left[0][1][0] < stop.start_s + (stop.leave_s == stop.start_s):
            steps.append(vroom.VehicleStep("break", left.pop(0)[0] + 1))
        steps.append(vroom.VehicleStep("single", i + 1))
    steps += [vroom.VehicleStep("break", number + 1) for number, _ in left]
    return [*steps, vroom.VehicleStep("end")]


def _job(number: int, visit: Visit, skill_ids: dict[str, int]) -> object:
    merged: list[tuple[int, int]] = []  # VROOM wants them sorted and apart
    for opens, closes in sorted(visit.windows):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return vroom.Job(
        id=number,
        location=number,
        default_service=visit.service_s,
        skills={skill_ids[s] for s in visit.skills},
        time_windows=[vroom.TimeWindow(a, b) for a, b in merged],
    )
