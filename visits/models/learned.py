"""What the office has learned from its own finished visits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from visits.enums import VisitKind


class VisitTime(models.Model):
    """How long visits of a kind take, learned from finished ones upon the settings; written again every day.

    Log minutes of the next visit are `mean` + `spread` x Student t of `freedom` (visits/planning/durations.py),
    the setting up of the kit apart. `quantiles` says the same in minutes; `counts` is how many of the reports
    used lasted 0-5, 5-10, ... minutes. `in_vain` of `visits` had no result.
    """

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
