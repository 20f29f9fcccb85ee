"""Forms of the coordinator: decisions about requests and needs, points on the map."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach import formats
from outreach.admin.shown_forms import ShownForm
from outreach.enums import BY_HAND, ClosedReason, NikException, ResidentKind, Skill, Urgency
from outreach.forms.places import PART_NAMES, office_parts_of_day
from outreach.forms.points import DegreesField, clean_boxes
from outreach.lib import times
from outreach.models import Need, VisitRequest
from outreach.selectors.duplicates import DuplicateCandidate
from outreach.services.triage import Decision

NEW = "baru"
REASONS = [
    gettext_lazy(
        "Warga sudah punya KTP-el. Untuk KTP-el hilang atau rusak, keluarga boleh datang ke kantor."
    ),
    gettext_lazy("Alamatnya di luar wilayah kami. Silakan ajukan ke Dispendukcapil daerah itu."),
    gettext_lazy("Umurnya belum 16 tahun dan belum menikah. Silakan ajukan lagi setelah cukup umur."),
    gettext_lazy(
        "Kami tidak dapat menghubungi dengan data yang diberikan. Silakan ajukan lagi dengan data lengkap."
    ),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PointForm(ShownForm):
    """A point in the two boxes, or pasted whole into one of them; both boxes or none."""

    latitude = DegreesField(label=gettext_lazy("Lintang"))
    longitude = DegreesField(label=gettext_lazy("Bujur"))

    @property
    def point(self) -> tuple[float, float] | None:
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return None if latitude is None else (latitude, longitude)

    def clean(self) -> dict[str, Any]:
        super().clean()
        clean_boxes(self, "latitude", "longitude")
        return self.cleaned_data


class ConditionsForm(ShownForm):
    """The conditions of a need that the planner uses: urgency, skills, earliest date and deadline."""

    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgensi"), choices=Urgency.choices, initial=Urgency.NORMAL
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Kebutuhan khusus"),
        choices=Skill.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    not_before = forms.DateField(label=gettext_lazy("Paling cepat"), required=False, widget=DayInput())
    deadline = forms.DateField(label=gettext_lazy("Paling lambat"), required=False, widget=DayInput())

    def clean_deadline(self) -> date | None:
        day: date | None = self.cleaned_data["deadline"]
        if day and day < timezone.localdate():
            raise ValidationError(
                _("Tanggal ini sudah lewat. Pilih mulai hari ini, atau kosongkan."), code="past"
            )
        return day

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = self.cleaned_data
        first, last = found.get("not_before"), found.get("deadline")
        if first and last and last < first:
            self.add_error("deadline", _("\u201cPaling lambat\u201d harus sesudah \u201cPaling cepat\u201d."))
        return found


class WishesForm(ConditionsForm):
    """The conditions of a need with the days and hours that its family wishes."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Hari yang cocok (kosong: semua)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    windows = forms.MultipleChoiceField(
        label=gettext_lazy("Jam yang cocok (kosong: semua)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, need: Need) -> None:
        """Ticks the parts of the day that lie within the need's hours; others stay unless these change."""
        self.need, self.parts = need, office_parts_of_day()
        shown = {name: getattr(need, name) for name in ("urgency", "skills", "not_before", "deadline")}
        within = [
            name
            for name, part in self.parts.items()
            if need.windows
            and times.merge_windows([*need.windows, part]) == times.merge_windows(need.windows)
        ]
        ticked = {"weekdays": [str(day) for day in need.weekdays], "windows": within}
        super().__init__(data, initial=shown | ticked)
        days = sorted({*settings.WORK_WEEKDAYS, *need.weekdays})
        choices = [(str(day), formats.format_weekdays([day])) for day in days]
        self.fields["weekdays"].choices = choices  # type: ignore[attr-defined]
        self.fields["windows"].choices = [  # type: ignore[attr-defined]
            (name, PART_NAMES[name] % {"hours": formats.format_windows([list(part)])})
            for name, part in self.parts.items()
        ]

    def wishes(self) -> dict[str, Any]:
        """The weekdays and hours as a need stores them."""
        found = self.cleaned_data
        same = sorted(found["windows"]) == sorted(self.initial["windows"])
        merged = times.merge_windows([self.parts[name] for name in found["windows"]])
        return {
            "weekdays": sorted(int(day) for day in found["weekdays"]),
            "windows": self.need.windows if same else merged,
        }


class AcceptForm(ConditionsForm, PointForm):
    """How to accept a request. `found` are residents and other requests that may be about the same person."""

    who = forms.ChoiceField(label=gettext_lazy("Warga"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=gettext_lazy("Kelompok"), choices=ResidentKind.choices)
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Gabungkan juga permohonan dari orang yang sama"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("Salah satunya sudah diputuskan. Muat ulang halaman ini.")
        },
    )
    nik_exception = forms.ChoiceField(
        label=gettext_lazy("Orang lain dengan NIK yang sama: sudah diperiksa, orangnya berbeda"),
        required=False,
        choices=[("", gettext_lazy("Tidak")), *NikException.choices],
    )
    field_order = [
        "who",
        "also",
        "kind",
        "urgency",
        "skills",
        "not_before",
        "deadline",
        "latitude",
        "longitude",
    ]

    def __init__(self, data: Any = None, *, request: VisitRequest, found: list[DuplicateCandidate]) -> None:
        """Preselects the candidate with the request's NIK."""
        self.residents = {str(one.person.pk): one.resident for one in found if one.resident}
        self.waiting = {str(one.person.pk): one.request for one in found if one.request}
        certain = [str(one.person.pk) for one in found if one.same_nik]
        today = timezone.localdate()
        super().__init__(
            data,
            initial={
                "who": next((pk for pk in certain if pk in self.residents), NEW),
                "also": [pk for pk in certain if pk in self.waiting],
                "kind": request.kind,
                "urgency": Urgency.NORMAL,
                "skills": request.skills,
                "not_before": request.not_before
                if request.not_before and request.not_before > today
                else None,
                "deadline": request.deadline if request.deadline and request.deadline >= today else None,
            },
        )
        known = [(pk, resident.name) for pk, resident in self.residents.items()]
        self.fields["who"].choices = [(NEW, _("Warga baru")), *known]  # type: ignore[attr-defined]
        if not any(one.resident and one.same_nik for one in found):
            del self.fields["nik_exception"]
        others = [(pk, f"{row.name}, {row.reference}") for pk, row in self.waiting.items()]
        self.fields["also"].choices = others  # type: ignore[attr-defined]

    def decision(self) -> Decision:
        found = self.cleaned_data
        return Decision(
            kind=found["kind"],
            urgency=Urgency(found["urgency"]),
            skills=found["skills"],
            not_before=found["not_before"],
            deadline=found["deadline"],
            resident=self.residents.get(found["who"]),
            point=self.point,
            also=[self.waiting[pk] for pk in found["also"]],
            nik_exception=NikException(found["nik_exception"]) if found.get("nik_exception") else None,
        )


class RefuseForm(ShownForm):
    """The reason of a refusal, written for the resident, who reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan, dibaca pemohon di halaman status"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Tulis alasan yang akan dibaca pemohon.")},
    )


class CloseForm(ShownForm):
    """Why a need is closed; in words where it is none of the known reasons."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Alasan menutup"),
        choices=[("", gettext_lazy("Pilih alasan")), *((reason.value, reason.label) for reason in BY_HAND)],
        error_messages={"required": gettext_lazy("Pilih alasan menutup.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Sebabnya; wajib bila sebab lain (terkunci, tidak dibaca keluarga)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("reason") == ClosedReason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", _("Tulis sebabnya."))
        return self.cleaned_data
