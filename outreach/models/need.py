"""What a resident needs from us, and how far it has come."""

from django.db import models
from django.db.models import Case, Q, SmallIntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from outreach.enums import (
    NEED_MOVES,
    UNFINISHED_NEEDS,
    ClosedReason,
    Milestone,
    NeedKind,
    NeedState,
    Urgency,
)
from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models.resident import Resident
from outreach.models.state import Stateful


class Need(Stateful):
    """One errand of one resident, from the accepted request to its end."""

    state_table = StateTable(moves=NEED_MOVES, action="need_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="needs", verbose_name=_("warga")
    )
    kind = models.CharField(
        _("keperluan"), max_length=10, choices=NeedKind.choices, default=NeedKind.RECORDING
    )
    state = models.CharField(_("keadaan"), max_length=8, choices=NeedState.choices, default=NeedState.OPEN)
    urgency = models.CharField(_("urgensi"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    skills = models.JSONField(
        _("kebutuhan khusus"), default=list, help_text="list of Skill values", blank=True
    )
    windows = models.JSONField(
        _("jam yang cocok"), default=list, blank=True, help_text='[["07:30", "10:30"], ...]; empty: any time'
    )
    weekdays = models.JSONField(
        _("hari yang cocok"), default=list, blank=True, help_text="0 Monday to 6 Sunday; empty: any day"
    )
    deadline = models.DateField(_("paling lambat"), null=True, blank=True)
    not_before = models.DateField(_("paling cepat"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("kunjungan yang sudah dicoba"), default=0)
    service_minutes = models.PositiveSmallIntegerField(
        _("lama kunjungan (menit)"), null=True, blank=True, help_text=_("Kosong: menurut kelompok warga")
    )
    closed_reason = models.CharField(max_length=18, choices=ClosedReason.choices, blank=True)
    waiting_since = models.DateTimeField(_("menunggu sejak"))
    urgency_rank = models.GeneratedField(
        expression=Case(
            When(urgency=Urgency.HOSPITAL, then=Value(0)),
            When(urgency=Urgency.HIGH, then=Value(1)),
            default=Value(2),
            output_field=SmallIntegerField(),
        ),
        output_field=SmallIntegerField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("antrean kunjungan")
        permissions = [("decide_need", _("Boleh membuka lagi atau menutup keperluan"))]
        indexes = [
            models.Index(fields=["state", "kind"]),
            models.Index(fields=["state", "urgency_rank", "waiting_since", "id"], name="needs_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "kind"],
                condition=Q(state__in=UNFINISHED_NEEDS),
                name="one_open_need_of_a_kind",
                violation_error_message=_("Warga ini sudah dalam antrean untuk layanan yang sama."),
            ),
            models.CheckConstraint(condition=Q(attempts__lte=20), name="attempts_in_bounds"),
            models.CheckConstraint(
                condition=Q(state=NeedState.CLOSED) | Q(closed_reason=""),
                name="only_closed_needs_have_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(deadline__isnull=True)
                | Q(not_before__isnull=True)
                | Q(deadline__gte=models.F("not_before")),
                name="deadline_after_not_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class Progress(models.Model):
    """Something that happened to a need, as its resident may read it; written by `visits` and by triage.

    `earliest` and `latest` bound the announced arrival, or when the next thing is expected.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="progress")
    milestone = models.CharField(max_length=12, choices=Milestone.choices)
    at = models.DateTimeField()
    earliest = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=80, help_text="what reports it; the same source never reports twice")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["milestone", "at"], name="progress_by_milestone")]
        constraints = [
            models.UniqueConstraint(fields=["need", "milestone", "source"], name="a_source_reports_once"),
            models.CheckConstraint(
                condition=Q(earliest__isnull=True) | Q(latest__gte=models.F("earliest")),
                name="progress_range_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.at:%Y-%m-%d %H:%M}"
