"""Planning: a run of the planner, and the draft that comes of it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outreach.lib.ids import uuid7
from outreach.lib.states import StateTable
from outreach.models import Need, Stateful
from visits.enums import ACTIVE_RUNS, PLAN_MOVES, RUN_MOVES, PlanState, RunKind, RunState
from visits.lib.plan_summary import PlanSummary
from visits.models.job import LeasedJob
from visits.models.team import Shift


class PlanRun(LeasedJob):
    """One press of "plan": what was asked, how far it is, who works on it until when (the lease)."""

    state_table = StateTable(moves=RUN_MOVES, action="plan_run_moved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("jenis"), max_length=5, choices=RunKind.choices, default=RunKind.AHEAD)
    state = models.CharField(_("keadaan"), max_length=11, choices=RunState.choices, default=RunState.QUEUED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    first_date = models.DateField(_("dari tanggal"))
    last_date = models.DateField(_("sampai tanggal"))
    seconds = models.PositiveIntegerField(_("lama menghitung (detik)"), default=20)
    seed = models.PositiveIntegerField(default=1)
    keep_published = models.BooleanField(
        _("kunjungan yang sudah terbit tetap pada tim, hari dan jamnya"),
        default=True,
        help_text=_("Kunjungan yang sudah dijanjikan kepada keluarga selalu tetap."),
    )

    facts = models.JSONField(
        default=dict,
        blank=True,
        help_text='for a day under way: {"failed": shift ids, "urgent": need ids}, as the coordinator said',
    )

    stop_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="per cent")
    served = models.PositiveIntegerField(default=0)
    candidates = models.PositiveIntegerField(default=0)
    score = models.BigIntegerField(default=0)
    message = models.TextField(_("penjelasan"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("perhitungan rencana")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="run_dates_in_order"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="run_progress_in_bounds"),
            models.UniqueConstraint(
                fields=["first_date", "last_date"],
                condition=Q(state__in=ACTIVE_RUNS),
                name="one_active_run_of_a_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} - {self.last_date}"


class Plan(Stateful):
    """A proposal for some team-days. Published, it only gains families to tell (`changes`) for visits that are
    taken out by hand; `figures` reads its `summary`.

    `based_on` = {shift id: number of the live version when the plan was computed, 0 for none}: the team-days
    that publishing it decides about, and how to see that one of them changed meanwhile.
    """

    state_table = StateTable(moves=PLAN_MOVES, action="plan_published")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.OneToOneField(PlanRun, on_delete=models.PROTECT, related_name="plan")
    state = models.CharField(_("keadaan"), max_length=9, choices=PlanState.choices, default=PlanState.DRAFT)
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    summary = models.JSONField(default=dict)
    based_on = models.JSONField(default=dict)
    changes = models.JSONField(
        default=dict, help_text="what publishing it changed for families told before, ids and times only"
    )

    _figures: tuple[object, PlanSummary] | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("rencana")
        ordering = ["-made_at"]
        permissions = [("publish_plan", _("Boleh menerbitkan rencana"))]

    def __str__(self) -> str:
        return f"{_('Rencana')} {self.run}"

    @property
    def figures(self) -> PlanSummary:
        """What `summary` says; read once for each value that it gets."""
        if self._figures is None or self._figures[0] is not self.summary:
            self._figures = (self.summary, PlanSummary.from_json(self.summary))
        return self._figures[1]


class AtStop(models.Model):
    """What is served at a stop of a team-day. Needs of one house or street corner may share a stop: they are
    served in a row, and the kit is set up once. Who shares one is decided when the day is planned, and stays
    so whatever is learned of the homes later."""

    stop_leader = models.ForeignKey(
        Need,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="who is served first at the same stop; none where this one is",
    )
    need_id: UUID

    class Meta:
        abstract = True

    @property
    def stop_key(self) -> UUID:
        """The same for rows in a row of one team-day that share a stop."""
        return self.stop_leader_id or self.need_id


class PlanStop(AtStop):
    """A home in a plan's route. Times are seconds since local midnight of the shift's date.

    `arrive`, `start` and `leave` are the plan's own clock, on which visits take long. `expected` is when the
    team is at the door in half of the replays of the day, `told_from` to `told_until` what the family is
    told.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="stops")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="plan_stops")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="plan_stops")
    sequence = models.PositiveSmallIntegerField()
    travel_seconds = models.PositiveIntegerField(help_text="from the stop before, or from the base")
    arrive = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    leave = models.PositiveIntegerField()
    expected = models.PositiveIntegerField(null=True)
    told_from = models.PositiveIntegerField(null=True)
    told_until = models.PositiveIntegerField(null=True)
    priority = models.FloatField(default=0)
    parts = models.JSONField(default=list, help_text='what the priority is made of: [{"code", "points"}]')

    class Meta:
        ordering = ["shift__date", "shift__team", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "need"], name="a_need_once_in_a_plan"),
            models.UniqueConstraint(fields=["plan", "shift", "sequence"], name="a_place_in_a_route_once"),
            models.CheckConstraint(
                condition=Q(start__gte=F("arrive"), leave__gte=F("start")), name="plan_stop_times_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift} #{self.sequence}"


class FirstCodeField(models.CharField):  # type: ignore[type-arg]
    """The code of the first of the row's `reasons`, set whenever the row is written. The database knows a plain text."""

    def __init__(self, **options: Any) -> None:
        plain: dict[str, Any] = {"max_length": 20, "default": "", "blank": True, "editable": False}
        super().__init__(**(plain | options))

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        reasons = model_instance.reasons  # type: ignore[attr-defined]
        code = reasons[0]["code"] if reasons else ""
        setattr(model_instance, self.attname, code)
        return str(code)


class PlanUnserved(models.Model):
    """A need that the plan leaves waiting, with the reasons found by machine (codes and numbers)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="unserved")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="plan_unserved")
    reasons = models.JSONField(default=list)
    code = FirstCodeField(help_text="of the first reason; empty: not explained")
    guaranteed = models.BooleanField(
        default=False, editable=False, help_text="had to be served: past the longest wait, or due"
    )
    priority = models.FloatField(default=0)
    parts = models.JSONField(default=list, help_text="as in PlanStop")

    class Meta:
        indexes = [
            models.Index(fields=["plan", "code"]),
            models.Index(fields=["plan", "-priority"]),
            models.Index(fields=["plan"], condition=Q(guaranteed=True), name="plan_guarantees"),
        ]
        constraints = [models.UniqueConstraint(fields=["plan", "need"], name="a_need_left_once_in_a_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.need_id}"
