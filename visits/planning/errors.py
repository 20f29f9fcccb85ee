"""What the planner raises about its input: an English sentence for engineers, and a stable code for everybody
else.

The idea: whoever shows an error to a person words it from `code`, `where` and `values`, in that person's
language.
"""

from __future__ import annotations


class PlanningError(ValueError):
    """Input that cannot be planned with.

    `code` never changes its meaning; `values` fill the placeholders of `sentence`; `where` names the file,
    row and field that the error is about, and is empty outside files.
    """

    def __init__(self, code: str, sentence: str, /, *, where: str = "", **values: object) -> None:
        self.code, self.sentence, self.where, self.values = code, sentence, where, values
        text = sentence.format(**values)
        super().__init__(f"{where}: {text}" if where else text)


class CaseError(PlanningError):
    """A case or plan file that cannot be used."""

    @classmethod
    def from_error(cls, error: PlanningError, where: str) -> CaseError:
        """The same error, found at `where` in a file."""
        return cls(error.code, error.sentence, where=where, **error.values)
