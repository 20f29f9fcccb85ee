"""The form "Buat rencana". Each error message says what to do, and the input is kept."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.schedule.problem import candidates
from visits.wording import labels
from visits.workforce import calendar

MOST_DAYS = 31


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """Which days to plan, and how many seconds to compute."""

    first_date = forms.DateField(
        label=_("Dari tanggal"),
        widget=DateInput,
        error_messages={
            "required": _("Isi tanggal mulai rencana."),
            "invalid": _("Tanggal mulai tidak ada di kalender. Tulis seperti 2026-12-01."),
        },
    )
    last_date = forms.DateField(
        label=_("Sampai tanggal"),
        widget=DateInput,
        error_messages={
            "required": _("Isi tanggal akhir rencana."),
            "invalid": _("Tanggal akhir tidak ada di kalender. Tulis seperti 2026-12-07."),
        },
    )
    seconds = forms.IntegerField(
        label=_("Lama menghitung (detik)"),
        min_value=5,
        max_value=settings.PLAN_MAX_SECONDS,
        help_text=_("20 detik cukup untuk beberapa ratus warga. Lebih lama, rencana sedikit lebih baik."),
        error_messages={
            "required": _("Isi berapa detik komputer boleh menghitung, misalnya 20."),
            "invalid": _("Tulis lama menghitung dengan angka, misalnya 20."),
            "min_value": _("Beri waktu sedikitnya %(limit_value)s detik."),
            "max_value": _(
                "Paling lama %(limit_value)s detik. Untuk hasil lebih baik, rencanakan lebih sedikit hari."
            ),
        },
    )
    keep_published = forms.BooleanField(
        label=_("Kunjungan yang sudah terbit tetap pada tim, hari dan jamnya"),
        required=False,
        help_text=_(
            "Kosongkan bila kunjungan itu boleh dipindah; ia dipindah hanya bila untungnya lebih besar daripada "
            "dampak pemindahannya. Kunjungan yang sudah dijanjikan tidak pernah dipindah selama timnya bertugas."
        ),
    )

    @staticmethod
    def suggestion(*, first: date | None = None, last: date | None = None) -> dict[str, Any]:
        """Initial values: the next five working days; those after `first` to `last` with them, where these days
        are to be planned again and may be closed by now."""
        days = calendar.next_working_days(after=last or timezone.localdate(), count=5)
        first = first or (days[0] if days else timezone.localdate() + timedelta(days=1))
        last = min(days[-1] if days else first, first + timedelta(days=MOST_DAYS - 1))
        return {"first_date": first, "last_date": last, "seconds": 20, "keep_published": True}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_date"), data.get("last_date")
        if first is None or last is None:
            return data
        if first < timezone.localdate():
            self.add_error("first_date", _("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."))
        elif last < first:
            self.add_error("last_date", _("Tanggal akhir lebih awal daripada tanggal mulai. Tukar keduanya."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error(
                "last_date", _("Paling banyak 31 hari sekaligus. Pilih tanggal akhir yang lebih dekat.")
            )
        else:
            self._check_work(first, last)
        return data

    def _check_work(self, first: date, last: date) -> None:
        """Errors if no team works in these days or no need waits."""
        days = calendar.list_days(first=first, last=last)
        if not any(day.is_open for day in days):
            told = "; ".join(f"{labels.format_short_day(day.date)}: {day.words()}" for day in days[:7])
            self.add_error(
                None,
                _(
                    "Kantor tutup pada semua hari ini (%(days)s). Pilih hari lain atau buka harinya di kalender kerja."
                )
                % {"days": told},
            )
            return
        team_days = candidates.find_team_days(first=first, last=last)
        if not team_days.usable:
            begun = bool(team_days.begun) and not team_days.void
            self.add_error(
                None,
                _("Semua tim sudah berangkat pada hari-hari ini. Mulai dari hari berikutnya.")
                if begun
                else _("Tidak ada tim yang bertugas pada hari-hari ini. Buat hari tugas tim dulu."),
            )
        elif not candidates.has_needs(scope=team_days.scope):
            self.add_error(
                None, _("Tidak ada warga yang menunggu jadwal. Periksa dulu permohonan yang masuk.")
            )
