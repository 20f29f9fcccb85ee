"""Which states the rows of a model may go through."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StateTable:
    """`moves`: from each state to those that may follow it. `field`: the column that holds the state.

    `action`: what the log calls a move. `subject`: the related row that the log names, where it is not the
    row itself.
    """

    moves: Mapping[str, frozenset[str]]
    action: str
    field: str = "state"
    subject: str = ""

    def sources(self, to: str) -> frozenset[str]:
        """The states from which `to` may be reached. Raises `ValueError` where `to` is no state of the table."""
        if to not in self.moves:
            raise ValueError(f"{to} is not a state of this table")
        return frozenset(state for state, targets in self.moves.items() if to in targets)
