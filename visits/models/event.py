"""Facts that tablets report, as received (append-only), and what became of each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.lib.states import StateTable
from outreach.models import PersonKey, Stateful
from visits.enums import EVENT_MOVES, EventKind, EventState, Outcome
from visits.models.device import Device
from visits.models.team import Officer
from visits.models.visit import Visit


class Event(models.Model):
    """One fact as a tablet reported it; never changed. Its number is used up, also where it is rejected.

    What is personal (position, contact, notes) is in `sealed`, under the key of the visited person, or of
    nobody but the office where the visit is not known. `sha256` is over the whole event as it came.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField(_("nomor"))
    kind = models.CharField(_("kejadian"), max_length=17, choices=EventKind.choices, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="events")
    visit_named = models.UUIDField(null=True, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("jam tablet"), null=True)
    since_ms = models.PositiveBigIntegerField(default=0)
    outcome = models.CharField(_("hasil"), max_length=18, choices=Outcome.choices, blank=True)
    key = models.ForeignKey(PersonKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(_("diterima"))

    class Meta:
        verbose_name = verbose_name_plural = _("laporan tablet")
        ordering = ["device", "sequence"]
        indexes = [models.Index(fields=["visit", "device", "sequence"])]
        constraints = [
            models.UniqueConstraint(fields=["device", "sequence"], name="a_number_of_a_tablet_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.sequence}"


class EventStatus(Stateful):
    """What became of an event: applied, waiting for a person, looked at, or rejected with a problem."""

    state_table = StateTable(moves=EVENT_MOVES, action="event_reviewed", subject="event")

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="status")
    state = models.CharField(_("keadaan"), max_length=8, choices=EventState.choices)
    problem = models.CharField(max_length=24, blank=True, help_text="code of visits.lib.problems")
    reason = models.CharField(_("sebab"), max_length=16, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("keputusan"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("laporan tablet")
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"
