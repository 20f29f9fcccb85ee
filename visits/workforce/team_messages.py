"""Messages from the coordinator to a team's tablets."""

from typing import Any

from django.db import transaction

from outreach.services import log
from visits.models import Team, TeamMessage


@transaction.atomic
def write_message(*, team: Team, text: str, user: Any, actor: str) -> TeamMessage:
    """Write a message, which the team's tablets show until one of them reports that it was read."""
    row = TeamMessage.objects.create(team=team, text=text, written_by=user)
    log.write_log(actor=actor, action="team_message", subject=row)
    return row
