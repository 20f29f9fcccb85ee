"""Village sessions: where enough homes cluster, the team stays at the village hall and people come to it.

The idea: take the hall with the most homes within reach, propose a session there, remove its people and
repeat: the greedy method for the maximal covering location problem (Church and ReVelle, Papers of the
Regional Science Association 32, 1974). The saving is counted as the team's time: the same homes visited one
by one, day after day, by the nearest team (nearest neighbour first, every day walked by the rules), against a
drive to the hall and setting up the kit on every day of the session, and its shorter minutes per person. Both
sides count full days and the used part of the last. A better route through the homes would save a little
less; the drive is a small part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from visits.planning.rules import count_working_s, walk_route
from visits.planning.travel import EARTH_M, unit_vectors
from visits.planning.types import Problem, Shift, Visit

TRIED_HOMES = 6  # nearest homes tried before a day is closed


@dataclass(frozen=True, slots=True)
class SessionRules:
    """When a session is proposed, and what it takes: `reach_m` in metres from home to hall, `person_s` and
    `setup_s` in seconds of the team's time."""

    least: int = 12  # people
    largest: int = 200
    reach_m: float = 2500.0  # from a home to the hall
    person_s: int = 600  # of the team's time per person
    setup_s: int = 1800  # per day, taking down included
    most: int = 8  # proposals


@dataclass(frozen=True, slots=True)
class Cost:
    """`team_days` of a team, the last one counted by its used part, and the seconds of driving in them."""

    team_days: float
    travel_s: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A session at `hall` (a place of the problem) by the team of `shift` for these visits."""

    hall: int
    shift: str
    visits: tuple[str, ...]
    homes: Cost
    session: Cost
    session_days: int

    @property
    def saved_days(self) -> float:
        """Days of a team; above zero for every proposal."""
        return self.homes.team_days - self.session.team_days

    @property
    def saved_travel_s(self) -> int:
        """Seconds of driving; may be negative."""
        return self.homes.travel_s - self.session.travel_s


def propose_sessions(problem: Problem, halls: Sequence[int], rules: SessionRules) -> tuple[Proposal, ...]:
    """Sessions that save team-days, the most saving first. `problem.shifts` holds one usual day of each team,
    `halls` are indices of places."""
    if not problem.shifts or not problem.visits or not halls:
        return ()
    points = unit_vectors(problem.locations) * EARTH_M
    homes = points[[visit.location for visit in problem.visits]]
    near = [np.linalg.norm(homes - points[hall], axis=1) <= rules.reach_m for hall in halls]
    free = np.ones(len(homes), dtype=bool)
    found: list[Proposal] = []
    while len(found) < rules.most:
        counts = [int((inside & free).sum()) for inside in near]
        best = int(np.argmax(counts))
        if counts[best] < max(1, rules.least):
            break
        taken = np.flatnonzero(near[best] & free)[: rules.largest]  # in the problem's order
        free[taken] = False  # considered once, even if it gives no session
        members = [problem.visits[i] for i in taken]
        proposal = _build_proposal(problem, halls[best], members, rules)
        if proposal is not None:
            found.append(proposal)
    return tuple(sorted(found, key=lambda one: -one.saved_days))


def _build_proposal(
    problem: Problem, hall: int, visits: Sequence[Visit], rules: SessionRules
) -> Proposal | None:
    """The session by the team that is nearest to the hall; None where it saves nothing."""
    shift = min(problem.shifts, key=lambda s: (_there_and_back(problem, s, hall), s.id))
    drive_s = _there_and_back(problem, shift, hall)
    open_s = count_working_s(shift) - drive_s - rules.setup_s
    a_day = open_s // max(1, rules.person_s)
    if a_day < 1:
        return None
    days = ceil(len(visits) / a_day)
    last = len(visits) - (days - 1) * a_day
    used_s = drive_s + rules.setup_s + last * rules.person_s
    session = Cost(days - 1 + used_s / count_working_s(shift), days * drive_s)
    proposal = Proposal(
        hall,
        shift.id,
        tuple(visit.id for visit in visits),
        cost_one_by_one(problem, shift, visits),
        session,
        days,
    )
    return proposal if proposal.saved_days > 0 else None


def _there_and_back(problem: Problem, shift: Shift, place: int) -> int:
    """Seconds from the base of the shift to the place and to the end of the shift."""
    return problem.seconds(shift.vehicle, shift.start_location, place) + problem.seconds(
        shift.vehicle, place, shift.end_location
    )


def cost_one_by_one(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Cost:
    """What it costs to visit these homes one by one, each day filled with the nearest next home that still
    fits.

    A home that fits no day (hours, distance) is not counted, so the saving is never overstated by it.
    """
    left, days, travel_s, last = list(visits), 0, 0, 0.0
    while left:
        order = _fill_day(problem, shift, left)
        if not order:
            break
        done = walk_route(problem, shift, order)
        taken = {visit.id for visit in order}
        left = [visit for visit in left if visit.id not in taken]
        days += 1
        travel_s += done.travel_s
        last = min(1.0, count_working_s(shift, done.end_s) / count_working_s(shift))
    return Cost(days - 1 + last if days else 0.0, travel_s)


def _fill_day(problem: Problem, shift: Shift, left: Sequence[Visit]) -> list[Visit]:
    """One day's order: always the nearest of the next TRIED_HOMES homes that still fits."""
    order: list[Visit] = []
    here, rest = shift.start_location, list(left)
    while rest:
        rest.sort(key=lambda visit: (problem.seconds(shift.vehicle, here, visit.location), visit.id))
        fits = (
            visit for visit in rest[:TRIED_HOMES] if not walk_route(problem, shift, [*order, visit]).faults
        )
        following = next(fits, None)
        if following is None:
            break
        order.append(following)
        rest.remove(following)
        here = following.location
    return order
