"""What is published: days that never change, the pointer to the live one, and the visits themselves."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models import Need, Stateful
from visits.enums import OPEN_VISITS, VISIT_MOVES, CallOffReason, Outcome, VisitState
from visits.models.plan import AtStop, Plan
from visits.models.team import Shift, Team


class DayVersion(models.Model):
    """One published version of one team's day: ids and times only, append-only, with its hash.

    `content` = {"shift": id, "stops": [{"visit", "need", "sequence", "travel_seconds", "arrive", "start",
    "leave"}]}, times in seconds since local midnight; `content_sha256` is over its canonical JSON.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="day_versions")
    date = models.DateField()
    number = models.PositiveIntegerField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="day_versions")
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["date", "team", "number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "date", "number"], name="a_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.date} v{self.number}"


class TeamDay(models.Model):
    """Which version of a team's day is live: one row a team and date, so never two live versions."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    live = models.OneToOneField(DayVersion, on_delete=models.PROTECT, related_name="live_for")

    class Meta:
        verbose_name = verbose_name_plural = _("daftar kunjungan")
        constraints = [
            models.UniqueConstraint(fields=["team", "date"], name="one_live_version_of_a_team_day")
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.date}"


class Visit(Stateful, AtStop):
    """One attempt at one home: the published stop, what the tablet reported of it, what came of it."""

    state_table = StateTable(moves=VISIT_MOVES, action="visit_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    need = models.ForeignKey(
        Need, on_delete=models.PROTECT, related_name="visits", verbose_name=_("keperluan")
    )
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(
        _("keadaan"), max_length=10, choices=VisitState.choices, default=VisitState.PUBLISHED
    )
    attempt = models.PositiveSmallIntegerField(_("kunjungan ke"))
    sequence = models.PositiveSmallIntegerField(_("urutan"))
    planned_arrive = models.DateTimeField()
    planned_start = models.DateTimeField()
    planned_leave = models.DateTimeField()
    told_from = models.DateTimeField(
        null=True, blank=True, help_text="the interval that the family is told; none before 2026-11"
    )
    told_until = models.DateTimeField(null=True, blank=True)
    told_stretch = models.FloatField(
        default=0, help_text="by how much experience had lengthened the interval (visits/planning/arrival.py)"
    )
    promised = models.BooleanField(_("keluarga sudah diberi tahu"), default=False)
    called_off = models.CharField(
        _("dibatalkan kantor"),
        max_length=7,
        choices=CallOffReason.choices,
        blank=True,
        help_text="why the office cannot keep it, until it is planned again; empty: it stands",
    )
    obstacles = models.JSONField(
        default=dict,
        blank=True,
        help_text="what stands in its way, and how much of it did before (visits/schedule/dispatch/touched_visits.py)",
    )
    hear_by = models.DateField(
        null=True, blank=True, help_text="until when its family was promised to hear of another day"
    )
    called_off_told = models.BooleanField(_("keluarga sudah tahu kunjungannya batal"), default=False)
    arrived_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("hasil"), max_length=18, choices=Outcome.choices, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kunjungan")
        ordering = ["shift__date", "shift__team", "sequence"]
        indexes = [models.Index(fields=["shift", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=Q(state__in=OPEN_VISITS), name="one_open_visit_of_a_need"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(state=VisitState.FINISHED),
                name="only_finished_visits_have_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(planned_start__gte=F("planned_arrive"), planned_leave__gte=F("planned_start")),
                name="visit_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(told_from__isnull=True, told_until__isnull=True)
                | Q(told_until__gte=F("told_from")),
                name="visit_told_in_order",
            ),
            models.CheckConstraint(
                condition=Q(called_off="", hear_by__isnull=True, called_off_told=False)
                | Q(hear_by__isnull=False) & ~Q(called_off=""),
                name="called_off_visits_say_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift} #{self.sequence}"

    @property
    def planned_length(self) -> timedelta:
        """How long it is expected to take, as it is planned."""
        return self.planned_leave - self.planned_start

    @property
    def is_called_off(self) -> bool:
        """Whether the office cannot keep it, and it waits to be planned again."""
        return bool(self.called_off) and self.state == VisitState.PUBLISHED

    @property
    def is_firm(self) -> bool:
        """Whether its promise holds: the office called off none of what it promised."""
        return self.promised and not self.called_off
