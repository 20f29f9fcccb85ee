"""Why a visit is not served, as a plan keeps it."""

from typing import Any

from visits import planning
from visits.planning.why import hard_constraints


def full_reason(problem: planning.Problem, visit: str, reason: planning.Reason) -> dict[str, Any]:
    """The reason as a plan keeps it, with what stands in the way on every team-day for a visit that none
    could serve."""
    row = reason_as_json(reason)
    if reason.relax:
        found = hard_constraints.group_shifts_by_constraints(problem, problem.visit_by_id[visit])
        row["each"] = [{"codes": codes, "shifts": shifts} for codes, shifts in found.items()]
    return row


def reason_as_json(reason: planning.Reason) -> dict[str, Any]:
    """A reason as a plan keeps it: only what is there, so that the row stays small."""
    fields = {
        "code": reason.code,
        "shift": reason.shift,
        "needs": list(reason.visits),
        "seconds": reason.seconds,
        "points": reason.points,
        "detail": reason.detail,
        "relax": list(reason.relax),
        "at": reason.at_s,
        "later": reason.later_s or None,
        "over": reason.over_s or None,
        "promised": reason.promised or None,
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
