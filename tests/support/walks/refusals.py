"""What doors say where they do nothing, with a reason."""

from outreach.selectors.page_marks import StalePageError
from outreach.services.triage import TriageError
from visits.schedule.dispatch import day_actions
from visits.schedule.plans import draft_moves, publishing, slot_offers, taking_out, version_marks
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.runs import plan_runs

REFUSALS = (
    publishing.PublishRefusedError,
    publishing.NothingNewError,
    publishing.DiscardedError,
    version_marks.OutdatedPageError,
    MoveRefusedError,
    draft_moves.CannotKeepError,
    slot_offers.NoPlaceError,
    day_actions.NotUrgentError,
    plan_runs.OverlapError,
    taking_out.TeamIsThereError,
    TriageError,
    StalePageError,
)
