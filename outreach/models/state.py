"""What all rows with states have in common."""

from typing import ClassVar

from django.db import models

from outreach.lib.states import StateTable


class Stateful(models.Model):
    """A row with a state, which only `outreach.services.transitions.transition` changes."""

    state_table: ClassVar[StateTable]

    class Meta:
        abstract = True
