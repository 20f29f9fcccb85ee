"""Records that wait to go to the centre."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models import Stateful
from visits.enums import OUTBOX_MOVES, OutboxState
from visits.models.capture import Capture


class OutboxItem(Stateful):
    """An accepted record that must reach the centre exactly once. `reference` is the one name it has there.

    `state` is how far it is at the centre, apart from the record's own stage (`CaptureState`).
    """

    state_table = StateTable(moves=OUTBOX_MOVES, action="outbox_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="outbox")
    reference = models.CharField(_("nomor kirim"), max_length=40, unique=True)
    state = models.CharField(
        _("keadaan"), max_length=10, choices=OutboxState.choices, default=OutboxState.QUEUED
    )
    queued_at = models.DateTimeField(_("mengantre sejak"))

    class Meta:
        verbose_name = verbose_name_plural = _("antrean ke pusat")
        ordering = ["queued_at"]

    def __str__(self) -> str:
        return self.reference
