"""A visit's state as a function of the set of its events, so that their order of arrival cannot matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DEPARTED, ARRIVED, OUTCOME = "departed", "arrived", "outcome"


@dataclass(frozen=True)
class VisitFact:
    """One reported event; ordered by `device` and `sequence`."""

    device: str
    sequence: int
    kind: str
    at: datetime
    outcome: str = ""


@dataclass(frozen=True)
class FoldedState:
    """What all events together say. `state` is published, travelling, arrived or finished."""

    state: str = "published"
    state_at: datetime | None = None
    arrived_at: datetime | None = None
    outcome: str = ""
    outcome_at: datetime | None = None
    contradiction: bool = False


def fold_facts(facts: Iterable[VisitFact]) -> FoldedState:
    """The state after these events in the order of (device, sequence); repeated events count once.

    The last outcome counts; `contradiction` is set if several outcomes differ. `arrived_at` is the first
    arrival.
    """
    ordered = sorted({(fact.device, fact.sequence): fact for fact in facts}.items())
    state, state_at, arrived_at, last, outcomes = "published", None, None, None, set()
    for _place, fact in ordered:
        if fact.kind == OUTCOME:
            last = fact
            outcomes.add(fact.outcome)
        elif fact.kind == ARRIVED:
            state, state_at = "arrived", fact.at
            arrived_at = arrived_at or fact.at
        elif fact.kind == DEPARTED:
            state, state_at = "travelling", fact.at
    if last is None:
        return FoldedState(state=state, state_at=state_at, arrived_at=arrived_at)
    return FoldedState(
        state="finished",
        state_at=last.at,
        arrived_at=arrived_at,
        outcome=last.outcome,
        outcome_at=last.at,
        contradiction=len(outcomes) > 1,
    )
