"""The working calendar's exceptions; weekends and public holidays come from `visits.workforce.calendar`."""

from django.db import models
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
