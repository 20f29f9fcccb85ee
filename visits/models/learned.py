"""What the office has learned from its own finished visits."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.lib.states import StateTable
from outreach.models import Stateful
from visits.enums import FIT_MOVES, FitState, VisitKind


class VisitTime(models.Model):
    """How long visits of a kind take, learned from finished ones upon the settings; written again every day.

    Log minutes of the next visit are `mean` + `spread` x Student t of `freedom`
    (visits/planning/uncertainty/durations.py), the setting up of the kit apart. `quantiles` says the same in
    minutes; `counts` is how many of the reports used lasted 0-5, 5-10, ... minutes (the last one: longer).
    `in_vain` of `visits` had no result.
    """

    BIN_MINUTES, BINS = 5, 24

    kind = models.CharField(_("jenis kunjungan"), max_length=16, choices=VisitKind.choices, unique=True)
    used = models.PositiveIntegerField(_("laporan yang dipakai"), default=0)
    left_out = models.PositiveIntegerField(_("laporan yang tidak masuk akal"), default=0)
    visits = models.PositiveIntegerField(_("kunjungan"), default=0)
    in_vain = models.PositiveIntegerField(_("tanpa hasil"), default=0)
    mean = models.FloatField()
    spread = models.FloatField()
    freedom = models.FloatField()
    quantiles = models.JSONField(default=dict, help_text='minutes: {"0.5": 24.0, ...}')
    counts = models.JSONField(default=list)
    learned_at = models.DateTimeField(_("dipelajari"))

    class Meta:
        verbose_name = verbose_name_plural = _("lama kunjungan")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(spread__gt=0, freedom__gt=0), name="visit_time_has_a_spread"
            ),
            models.CheckConstraint(
                condition=models.Q(in_vain__lte=models.F("visits")), name="no_more_in_vain_than_visits"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class TravelFit(Stateful):
    """A speed that was fitted to the trips of our teams: a proposal until a coordinator applies it.

    Figures as in visits/roads/fit.py. `before_...` is the straight line that was in force when it was
    computed; `detail` = {"hours": [{"since", "until", "trips", "speed_kmh"}], "points": [[seconds by that
    line, real ones]]}.
    """

    state_table = StateTable(moves=FIT_MOVES, action="travel_fit_moved")

    state = models.CharField(_("keadaan"), max_length=8, choices=FitState.choices, default=FitState.PROPOSED)
    made_at = models.DateTimeField(_("dihitung"))
    detour = models.FloatField(_("garis lurus dikali"))
    speed_kmh = models.FloatField(_("kecepatan (km/jam)"))
    low_kmh = models.FloatField()
    high_kmh = models.FloatField()
    before_detour = models.FloatField()
    before_speed_kmh = models.FloatField()
    trips = models.PositiveIntegerField(_("perjalanan"))
    used = models.PositiveIntegerField(_("perjalanan yang dipakai"))
    absurd = models.PositiveIntegerField(_("perjalanan yang tidak masuk akal"))
    far = models.PositiveIntegerField(_("perjalanan yang menyimpang jauh"))
    spread = models.FloatField()
    off_before = models.FloatField()
    off_after = models.FloatField()
    still_s = models.PositiveIntegerField(null=True)
    detail = models.JSONField(default=dict)
    applied_at = models.DateTimeField(_("dipakai sejak"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("kecepatan di jalan")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="proposed"), name="one_proposed_speed"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="applied"), name="one_applied_speed"
            ),
            models.CheckConstraint(
                condition=models.Q(speed_kmh__gt=0, before_speed_kmh__gt=0), name="fitted_speed_is_a_speed"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="applied") | models.Q(applied_at__isnull=False),
                name="applied_speed_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speed_kmh} km/h ({self.made_at:%Y-%m-%d})"
