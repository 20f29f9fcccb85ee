"""How a planning run shares its seconds: all that happens between its claim and the draft is paid from them.

What comes after the search (explaining, expanding groups, told hours, writing) is estimated from the size of the problem
and from how long reading it took: on a slow or busy machine both take longer. Compiling, once an installation, is not
counted. The shares were measured by tests/bench/plan_time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from visits import planning
from visits.planning.types import Problem

READ_S = 2e-4  # to read a need, on the machine where these were measured
WRITE_S = 1.5e-4  # to write a need
EXPLAIN_S = 5e-5  # to explain one that is left
SERVE_S = 8e-4  # to expand, tell and write a served one
GRACE_S = 1.0  # so long a step goes on although its time is up
CUT_LEAST = 10  # iterations for each served home, below which a plan is said not to be searched


@dataclass(slots=True)
class RunTime:
    """The budget of a run in seconds, from `began` on (monotonic clock)."""

    seconds: float
    began: float = field(default_factory=time.monotonic)
    slowness: float = 1.0
    needs: int = 0
    served: int = 0

    def note_problem(self, problem: Problem, *, roads_s: float = 0.0) -> None:
        """Called when the problem was read: how much there is to do, and how fast this machine is at present. Waiting
        for roads is neither counted nor a sign of slowness."""
        self.wait_for(roads_s)
        self.needs = len(problem.visits)
        self.served = min(self.needs, sum(shift.max_visits for shift in problem.shifts))
        self.slowness = max(1.0, (time.monotonic() - self.began) / max(1.0, self.needs * READ_S))

    def wait_for(self, seconds: float) -> None:
        """Not counted: the engine was compiled, or roads were waited for, for so long."""
        self.began += seconds

    @property
    def write_from(self) -> float:
        """When the search and all reasons must be done, for the draft to be there in time."""
        tail_s = self.slowness * (self.needs * WRITE_S + self.served * SERVE_S)
        return self.began + self.seconds - tail_s

    @property
    def search_s(self) -> float:
        """Seconds that the search may take from now on."""
        explain_s = self.slowness * self.needs * EXPLAIN_S
        return max(0.0, self.write_from - explain_s - time.monotonic())

    def has_until(self, moment: float) -> Callable[[], bool]:
        """Whether it is before a moment of the budget, or within the grace that an ordinary plan takes, from now on."""
        until = max(moment, time.monotonic() + GRACE_S)
        return lambda: time.monotonic() < until

    @property
    def ends(self) -> float:
        """When the budget is used up."""
        return self.began + self.seconds


def list_cuts(figures: planning.Statistics) -> tuple[str, ...]:
    """What there was no time for, as `PlanSummary.cut` has it; none where a person stopped the run."""
    if figures.stopped:
        return ()
    if figures.unfinished:
        return ("first",)
    if not figures.served:
        return ()
    return ("search",) if figures.iterations < CUT_LEAST * figures.served else ()
