"""Forms of teams and shifts: skills as checkboxes, hours as text."""

import re
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.enums import Skill
from outreach.forms.points import DegreesField, clean_boxes
from outreach.lib import geo
from visits.admin.plan_forms import DateInput
from visits.models import Officer, Shift, Team
from visits.workforce import calendar

_SPAN = re.compile(r"^(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})$")
MOST_SETUP = 120  # minutes; a larger number is a slip, and no home would fit into a day
MOST_DAYS = 92


class SkillsField(forms.MultipleChoiceField):
    """Checkboxes of skills."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Skill.choices, required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return sorted(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or []) != sorted(data or [])


class BreaksField(forms.CharField):
    """Breaks as "12.00-13.00", several separated by commas; stored as [["12:00", "13:00"]]."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(f"{start}-{end}".replace(":", ".") for start, end in value)
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            match = _SPAN.match(part)
            hour, minute, end_hour, end_minute = map(int, match.groups() if match else ("99", "0", "0", "0"))
            try:
                start, end = time(hour, minute), time(end_hour, end_minute)
            except ValueError:
                raise forms.ValidationError(
                    _("Istirahat “%(part)s” tidak terbaca. Tulis seperti 12.00-13.00."), params={"part": part}
                ) from None
            if end <= start:
                raise forms.ValidationError(_("Istirahat harus selesai sesudah mulai. Tukar kedua jamnya."))
            found.append([f"{start:%H:%M}", f"{end:%H:%M}"])
        found.sort()
        if any(a[1] > b[0] for a, b in pairwise(found)):
            raise forms.ValidationError(_("Dua istirahat bertumpuk. Gabungkan menjadi satu."))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


def _clean_place(form: forms.BaseForm, latitude: str, longitude: str) -> None:
    """The two boxes of a place that must be filled, within Indonesia."""
    point = clean_boxes(form, latitude, longitude)
    if latitude in form.errors or longitude in form.errors:
        return
    if point is None:
        form.add_error(latitude, _("Isi titiknya. Salin dari peta, misalnya -7.6298, 111.5239."))
    elif not geo.is_in_indonesia(latitude=point[0], longitude=point[1]):
        form.add_error(
            latitude, _("Titik ini di luar Indonesia. Salin angka dari peta, misalnya -7.6298 dan 111.5239.")
        )


class HourField(forms.TimeField):
    """A time of day with the browser's time input."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
            error_messages={
                "required": _("Isi jamnya."),
                "invalid": _("Jam tidak terbaca. Tulis seperti 07.30."),
            },
            **kwargs,
        )


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    skills = SkillsField(label=_("Kelengkapan"), help_text=_("Alat dan orang yang selalu ada pada tim ini."))
    latitude = DegreesField(label=_("Lintang titik berangkat"))
    longitude = DegreesField(label=_("Bujur titik berangkat"))

    class Meta:
        model = Team
        fields = (
            *("code", "name", "is_active", "recording_way", "skills", "base_name", "latitude", "longitude"),
            *("vehicle", "max_visits", "setup_minutes"),
        )
        widgets = {"recording_way": forms.RadioSelect}
        help_texts = {
            "setup_minutes": _(
                "Berlaku mulai rencana berikutnya; jam yang sudah dikabari tidak dihitung ulang."
            ),
            "max_visits": _("Berlaku juga untuk hari tugas yang sudah dibuat dengan batas tim ini."),
            "recording_way": _(
                "Alat resmi: wajah, sidik jari dan mata direkam alat kementerian; tablet menyimpan identitas,"
                " persetujuan, nomor pendaftaran dan hasilnya. Alat kantor: tablet mengambil foto dan tanda tangan,"
                " serta sidik jari dan mata dari alat MOSIP SBI yang terpasang di komputer yang sama (laptop atau"
                " tablet Windows). Tablet saja: tablet mengambil foto dan tanda tangan; sidik jari dan mata direkam"
                " kemudian. Tablet mengikuti saat berikutnya tersambung; isian yang sudah dimulai memakai cara yang"
                " lama."
            ),
        }

    def clean_setup_minutes(self) -> int:
        minutes: int = self.cleaned_data["setup_minutes"]
        if minutes > MOST_SETUP:
            raise forms.ValidationError(
                _("Paling banyak %(most)d menit tiap rumah. Periksa angkanya."), params={"most": MOST_SETUP}
            )
        return minutes

    def clean(self) -> dict[str, Any]:
        super().clean()
        _clean_place(self, "latitude", "longitude")
        return self.cleaned_data


class OfficerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of a team's officers. The table's heads are no labels of its boxes, so each says its own."""

    class Meta:
        model = Officer
        fields = ("name", "employee_number", "woman", "user", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # an account is chosen in a box within links to add and change it
            box: Any = getattr(field.widget, "widget", None) or field.widget
            box.attrs["aria-label"] = field.label


class ShiftForm(forms.ModelForm):  # type: ignore[type-arg]
    starts = HourField(label=_("Mulai"))
    ends = HourField(label=_("Selesai"))
    skills = SkillsField(label=_("Kelengkapan hari itu"))
    breaks = BreaksField(
        label=_("Istirahat"),
        required=False,
        help_text=_("Seperti 12.00-13.00. Kosongkan bila tidak ada; pisahkan dengan koma bila dua."),
    )
    start_latitude = DegreesField(label=_("Lintang titik berangkat"))
    start_longitude = DegreesField(label=_("Bujur titik berangkat"))
    end_latitude = DegreesField(label=_("Lintang titik pulang"))
    end_longitude = DegreesField(label=_("Bujur titik pulang"))

    class Meta:
        model = Shift
        fields = (
            *("starts", "ends", "breaks", "max_visits", "skills"),
            *("start_latitude", "start_longitude", "end_latitude", "end_longitude"),
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        _clean_place(self, "start_latitude", "start_longitude")
        _clean_place(self, "end_latitude", "end_longitude")
        return self.cleaned_data


class MakeShiftsForm(forms.Form):
    """Teams and the range of days in which they work."""

    teams = forms.ModelMultipleChoiceField(
        label=_("Tim"),
        queryset=Team.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih sedikitnya satu tim.")},
    )
    first = forms.DateField(
        label=_("Dari tanggal"),
        widget=DateInput,
        error_messages={
            "required": _("Isi tanggal mulai."),
            "invalid": _("Tanggal mulai tidak ada di kalender. Tulis seperti 2026-12-01."),
        },
    )
    last = forms.DateField(
        label=_("Sampai tanggal"),
        widget=DateInput,
        error_messages={
            "required": _("Isi tanggal akhir."),
            "invalid": _("Tanggal akhir tidak ada di kalender. Tulis seperti 2026-12-07."),
        },
    )

    @staticmethod
    def suggestion() -> dict[str, Any]:
        days = calendar.next_working_days(after=timezone.localdate(), count=10)
        return {
            "teams": list(Team.objects.filter(is_active=True).values_list("pk", flat=True)),
            "first": days[0] if days else None,
            "last": days[-1] if days else None,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first: date | None = data.get("first")
        last: date | None = data.get("last")
        if first is None or last is None:
            return data
        if first < timezone.localdate():
            self.add_error("first", _("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."))
        elif last < first:
            self.add_error("last", _("Tanggal akhir lebih awal daripada tanggal mulai. Tukar keduanya."))
        elif last - first > timedelta(days=MOST_DAYS):
            self.add_error(
                "last", _("Paling banyak tiga bulan sekaligus. Pilih tanggal akhir yang lebih dekat.")
            )
        elif not calendar.list_working_days(first=first, last=last):
            self.add_error(
                None, _("Kantor tutup pada semua hari itu. Pilih hari lain atau buka di kalender kerja.")
            )
        return data
