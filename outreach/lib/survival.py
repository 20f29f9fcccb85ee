"""How long people wait, estimated from finished and unfinished waits (Kaplan and Meier 1958).

Who still waits is counted for as long as he has waited: without them only the quick ones would be seen. A
wait that was observed from some day on alone, because it had begun before the period that is looked at, is
counted from that day on (delayed entry), so that long waits are neither left out nor counted too often.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

LEAST_AT_RISK = 5  # with fewer who have waited so long, the curve says nothing more


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait in whole days: `days` until it ended, or until now; `seen_from`: the day of the wait from which
    on it was observed."""

    days: int
    ended: bool
    seen_from: int = 0


@dataclass(frozen=True, slots=True)
class WaitCurve:
    """The share of those who still wait after each day on which waits ended: (day, share), and the last day
    about which enough people say something; None where there is none."""

    steps: tuple[tuple[int, float], ...]
    known_until: int | None

    def days_until(self, share: float) -> int | None:
        """After how many days this share waits no more; None where that is later than `known_until`."""
        left = 1 - share
        return next((day for day, waiting in self.steps if waiting <= left + 1e-9), None)


def estimate_waits(waits: Iterable[Wait]) -> WaitCurve:
    """The product-limit estimate. A wait that ends on a day is at risk on it; spans below zero are no waits."""
    seen = [wait for wait in waits if wait.days >= max(0, wait.seen_from)]
    entered = Counter(max(0, wait.seen_from) for wait in seen)
    left, ended = Counter(wait.days for wait in seen), Counter(wait.days for wait in seen if wait.ended)
    steps: list[tuple[int, float]] = []
    at_risk, waiting, known = 0, 1.0, None
    for day in sorted({*entered, *left}):
        at_risk += entered[day]
        if at_risk < LEAST_AT_RISK:
            break
        known = day
        if ended[day]:
            waiting *= 1 - ended[day] / at_risk
            steps.append((day, waiting))
        at_risk -= left[day]
    return WaitCurve(steps=tuple(steps), known_until=known)
