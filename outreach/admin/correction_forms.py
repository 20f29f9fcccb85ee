"""The form that corrects what is known about a person."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.admin.forms import DayInput
from outreach.admin.shown_forms import ShownForm
from outreach.enums import CorrectionReason, NikException
from outreach.forms.fields import clean_phone_number
from outreach.lib.births import BirthBasis, birth_range
from outreach.lib.nik import NumberError, parse_family_card, parse_nik
from outreach.lib.text import clean_line
from outreach.lib.times import OLDEST, age_on
from outreach.models import District, Resident, Village, VisitRequest
from outreach.services.corrections import PLAIN, SEALED

REMOVE = "-"
KEEP = gettext_lazy("Kosongkan bila tetap. Tulis - untuk menghapus.")
UNIT = forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
LINE = forms.TextInput(attrs={"size": 48})


class CorrectionForm(ShownForm):
    """What is known, to be written anew; sealed numbers are never shown, and stay where nothing is written."""

    hides = SEALED
    name = forms.CharField(
        label=gettext_lazy("Nama"),
        max_length=120,
        widget=LINE,
        error_messages={"required": gettext_lazy("Tulis namanya.")},
    )
    birth_date = forms.DateField(label=gettext_lazy("Tanggal lahir"), required=False, widget=DayInput())
    birth_basis = forms.ChoiceField(
        label=gettext_lazy("Tanggal lahir itu"),
        choices=[
            (BirthBasis.EXACT, gettext_lazy("Pasti")),
            (BirthBasis.NIK, gettext_lazy("Dibaca dari NIK")),
            (BirthBasis.MONTH, gettext_lazy("Hanya bulan dan tahunnya yang diketahui")),
            (BirthBasis.YEAR, gettext_lazy("Hanya tahunnya, kira-kira")),
        ],
    )
    village = forms.ChoiceField(label=gettext_lazy("Desa/kelurahan"))
    address = forms.CharField(label=gettext_lazy("Alamat"), required=False, max_length=200, widget=LINE)
    rt = forms.CharField(label="RT", required=False, max_length=3, widget=UNIT)
    rw = forms.CharField(label="RW", required=False, max_length=3, widget=UNIT)
    nik = forms.CharField(label=gettext_lazy("NIK baru"), required=False, max_length=40, help_text=KEEP)
    family_card = forms.CharField(
        label=gettext_lazy("Nomor KK baru"), required=False, max_length=40, help_text=KEEP
    )
    phone = forms.CharField(
        label=gettext_lazy("Telepon baru"), required=False, max_length=100, help_text=KEEP
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Mengapa dibetulkan"),
        choices=[("", gettext_lazy("Pilih alasan")), *CorrectionReason.choices],
        error_messages={"required": gettext_lazy("Pilih mengapa dibetulkan.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Keterangan (terkunci; boleh kosong)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    nik_exception = forms.ChoiceField(
        label=gettext_lazy("Bila NIK itu juga milik warga lain: sudah diperiksa, orangnya berbeda"),
        required=False,
        choices=[("", gettext_lazy("Tidak")), *NikException.choices],
    )

    def __init__(self, data: Any = None, *, row: Resident | VisitRequest) -> None:
        shown = {name: getattr(row, name) for name in PLAIN if name != "village"}
        super().__init__(data, initial=shown | {"village": row.village_id})
        rows = District.objects.order_by("name").only("code", "name")
        rows = rows.prefetch_related(Prefetch("villages", Village.objects.only("code", "name", "district")))
        self.villages = {village.code: village for district in rows for village in district.villages.all()}
        self.fields["village"].choices = [  # type: ignore[attr-defined]
            (
                district.name,
                [
                    (one.code, f"{one.name}, {district.name}")  # a closed list shows no group; names repeat
                    for one in sorted(district.villages.all(), key=lambda one: one.name)
                ],
            )
            for district in rows
        ]
        if isinstance(row, VisitRequest):
            del self.fields["nik_exception"]  # it is asked for when the request is accepted

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_address(self) -> str:
        return clean_line(self.cleaned_data["address"])

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if born and (born > today or age_on(born, today) > OLDEST):
            raise ValidationError(_("Tanggal lahir ini tidak mungkin. Periksa tahunnya."), code="impossible")
        return born

    def clean_birth_basis(self) -> BirthBasis:
        """A date written anew is exact unless somebody says otherwise."""
        anew = self.sent_anew("birth_date") and not self.sent_anew("birth_basis")
        return BirthBasis.EXACT if anew else BirthBasis(self.cleaned_data["birth_basis"])

    def _unit(self, name: str) -> str:
        text = clean_line(self.cleaned_data[name])
        if text and not (text.isascii() and text.isdigit()):
            raise ValidationError(_("Tulis angka saja, paling banyak tiga, misalnya 04."), code="number")
        return text

    def clean_rt(self) -> str:
        return self._unit("rt")

    def clean_rw(self) -> str:
        return self._unit("rw")

    def _number(self, name: str, read: Callable[[str], str]) -> str | None:
        """The number as it is stored; None where it stays, "" where it is removed."""
        text = clean_line(self.cleaned_data[name])
        if text in ("", REMOVE):
            return "" if text else None
        try:
            return read(text)
        except NumberError as error:
            raise ValidationError(
                _("Nomor ini keliru. Tulis 16 angka dari KTP atau KK."), code=error.code
            ) from error

    def clean_nik(self) -> str | None:
        return self._number("nik", lambda text: parse_nik(text, today=timezone.localdate()).text)

    def clean_family_card(self) -> str | None:
        return self._number("family_card", parse_family_card)

    def clean_phone(self) -> str | None:
        return self._number("phone", clean_phone_number)

    def values(self) -> dict[str, Any]:
        """The values for `corrections`: all that is shown, and the sealed numbers that were written."""
        found = self.cleaned_data
        plain = {name: found[name] for name in PLAIN} | {"village": self.villages[found["village"]]}
        if found["birth_date"]:
            plain["birth_date"] = birth_range(found["birth_date"], found["birth_basis"])[0]
        return plain | {name: found[name] for name in SEALED if found[name] is not None}

    def why_same_nik(self) -> NikException | None:
        text = self.cleaned_data.get("nik_exception")
        return NikException(text) if text else None
