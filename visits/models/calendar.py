"""The working calendar's exceptions of day and hour; weekends, public holidays and the usual hours come from
`visits.workforce.calendar`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """A day that the coordinator opened or closed against the rule."""

    date = models.DateField(_("tanggal"), unique=True)
    is_open = models.BooleanField(_("buka"))
    reason = models.CharField(_("alasan"), max_length=120)
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("hari khusus")
        verbose_name_plural = _("kalender kerja")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {_('buka') if self.is_open else _('tutup')}"


class WorkingHours(models.Model):
    """The office's hours on some days of the week for a while, such as Ramadan; no two rows are for one day."""

    name = models.CharField(_("nama"), max_length=60)
    first = models.DateField(_("dari tanggal"))
    last = models.DateField(_("sampai tanggal"))
    weekdays = models.JSONField(_("hari"), help_text="0 is Monday")
    starts = models.TimeField(_("mulai"))
    ends = models.TimeField(_("selesai"))
    breaks = models.JSONField(_("istirahat"), default=list, blank=True, help_text='[["12:00", "12:30"]]')

    class Meta:
        verbose_name = _("jam kerja khusus")
        verbose_name_plural = _("jam kerja khusus")
        ordering = ["first", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")),
                name="working_hours_dates_in_order",
                violation_error_message=_("Tanggal akhir lebih awal daripada tanggal mulai. Tukar keduanya."),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="working_hours_end_after_they_start",
                violation_error_message=_("Jam selesai harus sesudah jam mulai."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
