"""Forms of the coordinator: decisions about requests and needs, points on the map."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.enums import ClosedReason, ResidentKind, Skill, Urgency
from outreach.models import VisitRequest
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


class PointForm(forms.Form):
    """A point in degrees, with decimal point or comma; both fields or none."""

    latitude = forms.CharField(label=gettext_lazy("Lintang"), max_length=20, required=False)
    longitude = forms.CharField(label=gettext_lazy("Bujur"), max_length=20, required=False)

    def _degrees(self, name: str) -> float | None:
        text = self.cleaned_data[name].strip().replace(",", ".")
        if not text:
            return None
        try:
            return round(float(text), 6)
        except ValueError as error:
            raise ValidationError(_("Tulis angka, misalnya -7.654321."), code="number") from error

    def clean_latitude(self) -> float | None:
        return self._degrees("latitude")

    def clean_longitude(self) -> float | None:
        return self._degrees("longitude")

    @property
    def point(self) -> tuple[float, float] | None:
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return None if latitude is None else (latitude, longitude)

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = self.cleaned_data
        if not self.errors and (found.get("latitude") is None) != (found.get("longitude") is None):
            self.add_error("latitude", _("Isi lintang dan bujur, atau kosongkan keduanya."))
        return found


class ConditionsForm(forms.Form):
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
        )


class RefuseForm(forms.Form):
    """The reason of a refusal, written for the resident, who reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan, dibaca pemohon di halaman status"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Tulis alasan yang akan dibaca pemohon.")},
    )


class CloseForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Alasan menutup"),
        choices=[("", gettext_lazy("Pilih alasan")), *ClosedReason.choices],
        error_messages={"required": gettext_lazy("Pilih alasan menutup.")},
    )
