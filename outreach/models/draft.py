"""Half-filled request forms."""

import secrets
from datetime import timedelta

from django.db import models


def new_draft_id() -> str:
    """What stands in the addresses of a draft's pages: nobody guesses it, and it says nothing."""
    return secrets.token_urlsafe(16)


class FormDraft(models.Model):
    """A half-filled form of one browser, sealed. Once it is sent nothing of it is kept, and the row leads to the
    confirmation until that is closed. The id becomes the `form_token` of its request."""

    KEPT = timedelta(hours=9)  # after the last touch; swept every hour: ten hours at most, as the notice says

    id = models.CharField(primary_key=True, max_length=22, default=new_draft_id, editable=False)
    owner = models.CharField(max_length=64, db_index=True, help_text="digest of the browser's secret")
    sealed = models.TextField(blank=True, help_text="the answers; empty once they are sent")
    touched_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
