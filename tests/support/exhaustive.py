"""The best score there is, by trying every order of every set on every shift. For up to 8 visits."""

from visits.planning import Plan, Problem, Shift, Visit, points_on
from visits.planning.rules import count_reserve_s, find_ban, find_service_start, finish_drive
from visits.planning.types import POINT_S

GUARANTEE = 10**9  # more than all points of a small case


def worth_of(problem: Problem, visit: Visit, shift: Shift) -> float:
    """What the planner maximises, for one visit: its points, its tier, and not having been moved."""
    total = points_on(problem, visit, shift.date)
    if visit.published is not None and visit.published != shift.id:
        total -= visit.move_points
    return POINT_S * (total + GUARANTEE * visit.tier)


def worth_of_plan(problem: Problem, plan: Plan) -> float:
    """The same for a whole plan, from its routes alone; what is dropped costs its move."""
    total = 0.0
    for visit in problem.visits:
        shift_id = plan.shift_of.get(visit.id)
        if shift_id is not None:
            total += worth_of(problem, visit, problem.shift_by_id[shift_id])
        elif visit.published is not None:
            total -= POINT_S * visit.move_points
    return total - sum(route.travel_s for route in plan.routes)


def best_of_shift(problem: Problem, shift: Shift) -> dict[int, float]:
    """Set of visits (bits) -> best score of a route of this shift that serves exactly these."""
    able = [
        (i, v)
        for i, v in enumerate(problem.visits)
        if find_ban(v, shift) is None and v.locked in (None, shift.id)
    ]
    found = {0: 0.0}

    def go_on(done: int, now_s: int, here: int, worth: float, count: int, seen_last: bool) -> None:
        for i, visit in able:
            if done >> i & 1 or count == shift.max_visits or (seen_last and not visit.infectious_last):
                continue
            leg_s = problem.seconds(shift.vehicle, here, visit.location)
            start_s = find_service_start(
                finish_drive(now_s, leg_s, shift.breaks), visit.service_s, visit.windows, shift.breaks
            )
            if start_s is None:
                continue
            leave_s = start_s + visit.service_s
            total = worth + worth_of(problem, visit, shift) + dropped(visit) - leg_s
            home_s = problem.seconds(shift.vehicle, visit.location, shift.end_location)
            these = done | 1 << i
            served = [other for j, other in able if these >> j & 1]
            if finish_drive(leave_s, home_s, shift.breaks) + count_reserve_s(shift, served) <= shift.end_s:
                found[these] = max(found.get(these, float("-inf")), total - home_s)
            go_on(these, leave_s, visit.location, total, count + 1, seen_last or visit.infectious_last)

    go_on(0, shift.start_s, shift.start_location, 0.0, 0, False)
    return found


def dropped(visit: Visit) -> float:
    """What not serving a published visit costs; serving it anywhere saves that."""
    return POINT_S * visit.move_points if visit.published is not None else 0.0


def best_score(problem: Problem) -> float:
    """Best score over all plans that keep every lock, by `worth_of_plan`; the plan's score in plain cases."""
    must = sum(1 << i for i, visit in enumerate(problem.visits) if visit.locked)
    together = {0: 0.0}
    for shift in problem.shifts:
        routes = best_of_shift(problem, shift)
        following: dict[int, float] = {}
        for done, worth in together.items():
            for these, more in routes.items():
                if not done & these:
                    both = done | these
                    following[both] = max(following.get(both, float("-inf")), worth + more)
        together = following
    nobody = -sum(map(dropped, problem.visits))
    return nobody + max(worth for done, worth in together.items() if done & must == must)
