"""Share work evenly among the teams without serving fewer visits for it.

The idea: plan first and measure the loads. While the gap between the most and the least loaded team exceeds
the tolerance, shorten the days of the most loaded teams (or lower their number of visits) and continue the
search from the present plan, so that other teams take over what these no longer can. Then restore the true
days and fill them with whatever fits, so no resident waits for fairness. A try is accepted if it breaks no
promise and no guarantee, serves as many visits, gives up no more points than `price` allows, and is fairer;
else it is undone, and the reason is recorded. Bounding one objective ever more tightly while optimising the
other is the epsilon-constraint method (Haimes, Lasdon and Wismer, IEEE Transactions on Systems, Man, and
Cybernetics 1(3), 1971); the bound here is the length of a team's day, and the optimiser is `plan`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from visits.planning.fair.loads import (
    MIN_STEP,
    Balance,
    NotRelieved,
    Tolerance,
    list_overloads,
    measure_loads,
)
from visits.planning.planner import WORKERS, Session, explain_plan, plan
from visits.planning.rules import count_working_s, finish_drive, walk_route
from visits.planning.types import POINT_S, Plan, Problem, Progress, Shift

FIRST_SHARE = 0.8  # share of the budget for the plan before fairness
FAIR_ROUNDS = 8
CUT_SHARE = 0.7  # share of the excess that one try removes
MIN_SHARE_LEFT = 0.05  # least share of the budget worth another search


def plan_fairly(
    problem: Problem,
    *,
    tolerance: Tolerance,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int = WORKERS,
    explain_until: float | None = None,
) -> tuple[Plan, Balance]:
    """A plan as `plan` makes it in FIRST_SHARE of the budget, made even within the tolerance in the rest; and
    its balance. Who is left is explained after that, until a moment of the monotonic clock where one is given.

    Parameters are those of `plan`; `tolerance.price` bounds the share of points that may be lost. Raises
    PlanningError as `plan` does.
    """
    search = _FairSearch(problem, tolerance, seconds, iterations, seed, on_progress, should_stop, workers)
    search.session.explain_until = explain_until
    search.plan_first(start)
    for number in range(FAIR_ROUNDS):
        tried = search.next_try()
        if not tried or search.is_over_budget() or not search.has_time_for_try():
            break
        search.relieve_teams(tried, number)
    search.polish_plan()
    return search.build_answer()


class _FairSearch:
    """The best plan so far, the shifts shortened for it, and the teams that could not be relieved."""

    def __init__(
        self,
        problem: Problem,
        tolerance: Tolerance,
        seconds: float | None,
        iterations: int | None,
        seed: int,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
        workers: int,
    ) -> None:
        self.problem, self.tolerance, self.seed, self.workers = problem, tolerance, seed, workers
        self.seconds, self.iterations = seconds, iterations
        self.on_progress, self.should_stop = on_progress, should_stop
        self.began = time.monotonic()
        self.session = Session()
        self.shifts: dict[str, Shift] = {}  # the shortened ones, by id
        self.held: dict[tuple[str, str], NotRelieved] = {}
        self.width = len(problem.shifts)  # teams relieved at once; halved after a failed try
        self.spent = 0  # iterations so far

    def plan_first(self, start: Plan | None) -> None:
        """Plan without regard to fairness; every later try is compared with this plan."""
        self.base = self.best = self._plan_part(self.problem, FIRST_SHARE, 0.0, start, self.seed)

    def _plan_part(
        self, problem: Problem, share: float, begins: float, start: Plan | None, seed: int
    ) -> Plan:
        """`plan` with `share` of the budget, its progress reported as a part of the whole that starts at
        `begins`."""
        tell = self.on_progress

        def told(progress: Progress) -> None:
            assert tell is not None
            tell(replace(progress, share=begins + share * progress.share))

        found = plan(
            problem,
            seconds=None if self.seconds is None else self.seconds * share,
            iterations=None if self.iterations is None else round(self.iterations * share),
            seed=seed,
            start=start,
            on_progress=None if tell is None else told,
            should_stop=self.should_stop,
            workers=self.workers,
            session=self.session,
        )
        self.spent += found.statistics.iterations
        return found

    def _go_on(self, cut: dict[str, Shift], share: float, begins: float, number: int) -> Plan:
        """The best plan after a further search on the `cut` shifts, refilled on the true ones."""
        smaller = replace(self.problem, shifts=tuple(cut.get(s.id, s) for s in self.problem.shifts))
        found = self._plan_part(smaller, share, begins, self.best, self.seed + number)
        # Without iterations `plan` only fills the true days with what fits.
        filled = plan(
            self.problem,
            iterations=0,
            start=found,
            seed=self.seed,
            workers=self.workers,
            session=replace(self.session, fill=cut.keys()),
        )
        return replace(filled, statistics=replace(filled.statistics, stopped=found.statistics.stopped))

    def is_over_budget(self) -> bool:
        """Whether the time is used up or the search was stopped."""
        used = self.seconds is not None and time.monotonic() - self.began >= self.seconds
        return used or self.best.statistics.stopped

    def has_time_for_try(self) -> bool:
        """Whether a try would not take much more than what is left of the seconds: beside its search it builds and fills
        two plans."""
        left_s = self.seconds and self.seconds - (time.monotonic() - self.began)
        return left_s is None or left_s >= 2 * self.session.overhead_s

    def next_try(self) -> list[tuple[str, str]]:
        """The (team, measure) pairs to relieve next: the worst ones that have not been given up, at most
        `width`."""
        rows = list_overloads(measure_loads(self.problem, self.best.routes), self.tolerance)
        free = [(team, measure) for _, team, measure in rows if (team, measure) not in self.held]
        return free[: self.width]

    def relieve_teams(self, tried: list[tuple[str, str]], number: int) -> None:
        """Shorten the days of these teams and search on. Accept the result, or try fewer teams next time, or
        record why one team cannot be relieved."""
        share = (1 - FIRST_SHARE) / FAIR_ROUNDS
        cut = {**self.shifts, **self._shorten_days(tried)}
        found = self._go_on(cut, share, FIRST_SHARE + share * number, number + 1)
        why = self._find_refusal(found)
        if why is None:
            self.best, self.shifts = found, cut
            self.width = len(self.problem.shifts)
        elif len(tried) > 1:
            self.width = len(tried) // 2
        else:
            self.held[tried[0]] = NotRelieved(*tried[0], why)

    def polish_plan(self) -> None:
        """Use what is left of the budget for a better plan that is at least as fair."""
        left = self._share_left()
        if left < MIN_SHARE_LEFT or self.best.statistics.stopped or not self.has_time_for_try():
            return
        if self.seconds:
            left -= self.session.overhead_s / self.seconds  # to fill the true days
        found = self._go_on(self.shifts, left, 1 - left, FAIR_ROUNDS + 1)
        better = _net_score(found) > _net_score(self.best)
        fair = self._sum_excess(found) <= self._sum_excess(self.best)
        if better and fair and self._find_refusal(found) in (None, "no_better"):
            self.best = found

    def _share_left(self) -> float:
        """The unused share of the budget, 0..1."""
        if self.iterations:
            return 1 - self.spent / self.iterations
        return 1 - (time.monotonic() - self.began) / self.seconds if self.seconds else 0.0

    def _find_refusal(self, found: Plan) -> str | None:
        """Why a plan is not accepted (a code of `NotRelieved.why`), or None if it is."""
        was, now = self.base.statistics, found.statistics
        broken = {row.visit for row in found.broken_locks} - {row.visit for row in self.base.broken_locks}
        if broken:
            return "promises"
        if len(found.broken_guarantees) > len(self.base.broken_guarantees):
            return "guarantees"
        if now.served < was.served:
            return "fewer"
        lost = (was.points - was.moved_points) - (now.points - now.moved_points)
        if lost > self.tolerance.price * abs(was.points):
            return "points"
        return None if self._sum_excess(found) < self._sum_excess(self.best) else "no_better"

    def _sum_excess(self, found: Plan) -> float:
        """The sum of the excesses of all teams, in tolerances."""
        return sum(
            row[0] for row in list_overloads(measure_loads(self.problem, found.routes), self.tolerance)
        )

    def _shorten_days(self, tried: list[tuple[str, str]]) -> dict[str, Shift]:
        """The shifts of these teams shortened towards the tolerance, but never below what promises and
        guarantees need."""
        rows = {load.team: load for load in measure_loads(self.problem, self.best.routes)}
        cut: dict[str, Shift] = {}
        for team, measure in tried:
            allowed = self.tolerance.allowed_gap(measure) or 0.0
            least = min(load.measured_by(measure) for load in rows.values())
            value = rows[team].measured_by(measure)
            target = max(0.0, value - max(MIN_STEP[measure], (value - least - allowed) * CUT_SHARE))
            days = [s for s in self.problem.shifts if s.team == team and count_working_s(s) > 0]
            for number, shift in enumerate(days):
                now = cut.get(shift.id, self.shifts.get(shift.id, shift))
                if measure == "visits":
                    most = int(target * (number + 1)) - int(target * number)
                    cut[shift.id] = replace(
                        now, max_visits=max(self._count_fixed(shift), min(now.max_visits, most))
                    )
                else:
                    end_s = finish_drive(shift.start_s, round(target * count_working_s(shift)), shift.breaks)
                    cut[shift.id] = replace(now, end_s=max(self._fixed_end_s(shift), min(now.end_s, end_s)))
        return cut

    def _list_fixed_visits(self, shift: Shift) -> list[str]:
        """Ids of the visits on the shift that must stay: promised there, or of tier 1."""
        visits = self.problem.visit_by_id
        routes = (route for route in self.best.routes if route.shift == shift.id)
        return [
            stop.visit
            for route in routes
            for stop in route.stops
            if visits[stop.visit].locked == shift.id or visits[stop.visit].tier
        ]

    def _count_fixed(self, shift: Shift) -> int:
        return len(self._list_fixed_visits(shift))

    def _fixed_end_s(self, shift: Shift) -> int:
        """When the shift would end if it served only its fixed visits (seconds since midnight)."""
        return walk_route(
            self.problem, shift, [self.problem.visit_by_id[i] for i in self._list_fixed_visits(shift)]
        ).end_s

    def build_answer(self) -> tuple[Plan, Balance]:
        """The best plan with the iterations and times of the whole run, and its balance."""
        self.best = explain_plan(self.problem, self.best, self.session, workers=self.workers)
        rows = measure_loads(self.problem, self.best.routes)
        left = [(team, measure) for _, team, measure in list_overloads(rows, self.tolerance)]
        held = tuple(self.held[key] for key in left if key in self.held)
        statistics = replace(
            self.best.statistics,
            iterations=self.spent,
            elapsed_s=round(time.monotonic() - self.began, 3),
            compile_s=self.base.statistics.compile_s,
        )
        balance = Balance(rows, not left, held, out_of_time=len(held) < len(left))
        return replace(self.best, statistics=statistics), balance


def _net_score(found: Plan) -> float:
    """The objective of the planner for plans that keep equally many guarantees."""
    return found.statistics.score - POINT_S * found.statistics.moved_points
