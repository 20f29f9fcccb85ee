"""Pages about place and time: where the home is, and when the team may come."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach import formats, office_calendar
from outreach.forms.base import LabelledAnswer, PageForm
from outreach.forms.fields import ChecksField, DatePartsField, RadiosField, TextField
from outreach.lib import times
from outreach.lib.times import Window
from outreach.models import District, Village

PART_NAMES = {
    "pagi": gettext_lazy("Pagi, %(hours)s"),
    "siang": gettext_lazy("Siang, %(hours)s"),
    "sore": gettext_lazy("Sore, %(hours)s"),
}


def office_parts_of_day() -> dict[str, Window]:
    """The parts of the office's working day, as its hours are now, that a family may choose from."""
    hours = office_calendar.ordinary_hours(timezone.localdate())
    pause = "-".join(hours.breaks[0]) if hours.breaks else ""
    return times.parts_of_day(begin=f"{hours.starts:%H:%M}", end=f"{hours.ends:%H:%M}", pause=pause)


class DistrictPage(PageForm):
    slug = "kecamatan"
    single = True
    district = RadiosField(
        label=gettext_lazy("Rumahnya di kecamatan mana?"),
        help_text=gettext_lazy(
            "Tempat warga berada sekarang, walaupun KK-nya di tempat lain. Tidak ada di daftar? Ajukan ke "
            "Dispendukcapil daerah itu."
        ),
    )

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        super().__init__(data, before=before)
        field = self.fields["district"]
        self.names = dict(District.objects.order_by("name").values_list("code", "name"))
        field.choices = list(self.names.items())  # type: ignore[attr-defined]
        message = _(
            "Pilih kecamatan dari daftar. Bila rumahnya di luar daftar, hubungi kantor Dispendukcapil daerah itu; "
            "%(office)s hanya dapat datang ke wilayahnya sendiri."
        ) % {"office": settings.OFFICE_NAME}
        field.error_messages = {"required": message, "invalid_choice": message}

    @property
    def title(self) -> str:
        return _("Rumahnya di kecamatan mana?")

    def answers(self) -> list[LabelledAnswer]:
        return [(_("Kecamatan"), self.names[self.cleaned_data["district"]])]


class AddressPage(PageForm):
    slug = "alamat"
    village = RadiosField(label=gettext_lazy("Desa atau kelurahan"))
    address = TextField(
        label=gettext_lazy("Alamat atau patokan rumah"),
        help_text=gettext_lazy("Misalnya: Jl. Melati 3, sebelah utara masjid, pagar hijau."),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Tulis alamat atau patokan, supaya petugas menemukan rumahnya."),
            "max_length": gettext_lazy("Terlalu panjang. Tulis paling banyak 200 huruf."),
        },
    )
    rt = TextField(label=gettext_lazy("RT (boleh dikosongkan)"), required=False, css="w-2", mode="numeric")
    rw = TextField(label=gettext_lazy("RW (boleh dikosongkan)"), required=False, css="w-2", mode="numeric")

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        super().__init__(data, before=before)
        rows = Village.objects.filter(district=before["district"]).defer("boundary").order_by("name")
        self.villages = {village.code: village for village in rows}
        field = self.fields["village"]
        field.choices = [(code, village.name) for code, village in self.villages.items()]  # type: ignore[attr-defined]
        message = _("Pilih desa atau kelurahan dari daftar. Tidak ada? Kembali dan ganti kecamatannya.")
        field.error_messages = {"required": message, "invalid_choice": message}

    @property
    def title(self) -> str:
        return _("Alamat rumah")

    def _number(self, name: str) -> str:
        text: str = self.cleaned_data[name].strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise ValidationError(_("Tulis angka saja, paling banyak tiga, misalnya 04."), code="number")
        return text

    def clean_rt(self) -> str:
        return self._number("rt")

    def clean_rw(self) -> str:
        return self._number("rw")

    def clean_village(self) -> Village:
        return self.villages[self.cleaned_data["village"]]

    def answers(self) -> list[LabelledAnswer]:
        found = self.cleaned_data
        units = [f"{name.upper()} {found[name]}" for name in ("rt", "rw") if found[name]]
        village: Village = found["village"]
        return [
            (village.get_kind_display(), village.name),
            (_("Alamat"), ", ".join([found["address"], *units])),
        ]


class TimesPage(PageForm):
    slug = "waktu"
    lead = gettext_lazy(
        "Semua boleh dikosongkan. Makin banyak waktu yang cocok, makin cepat kami bisa datang."
    )
    weekdays = ChecksField(
        label=gettext_lazy("Hari yang cocok"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Pilih hari dari daftar; di hari lain kami tidak datang.")
        },
    )
    windows = ChecksField(
        label=gettext_lazy("Jam yang cocok"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Pilih jam dari daftar.")},
    )
    not_before = DatePartsField(
        coming=True,
        label=gettext_lazy("Jangan datang sebelum tanggal"),
        help_text=gettext_lazy("Misalnya karena masih dirawat di rumah sakit."),
        required=False,
    )
    deadline = DatePartsField(
        coming=True,
        label=gettext_lazy("Diperlukan paling lambat tanggal"),
        help_text=gettext_lazy("Misalnya untuk operasi atau BPJS. Kami usahakan, belum tentu bisa."),
        required=False,
    )

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        super().__init__(data, before=before)
        days = [(str(day), formats.format_weekdays([day])) for day in settings.WORK_WEEKDAYS]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]
        self.parts = office_parts_of_day()
        hours = [
            (name, PART_NAMES[name] % {"hours": formats.format_windows([window])})
            for name, window in self.parts.items()
        ]
        self.fields["windows"].choices = hours  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        return _("Kapan kami boleh datang?")

    def _coming(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and day < self.today:
            message = _("Tanggal itu sudah lewat. Tulis tanggal mulai hari ini, atau kosongkan.")
            raise ValidationError(message, code="past")
        if day and day.year > self.today.year + 2:
            raise ValidationError(_("Tanggal itu terlalu jauh. Periksa tahunnya."), code="far")
        return day

    def clean_not_before(self) -> date | None:
        return self._coming("not_before")

    def clean_deadline(self) -> date | None:
        return self._coming("deadline")

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        first, last = found.get("not_before"), found.get("deadline")
        if first and last and last < first:
            self.add_error(
                "deadline", _("Tanggal ini harus sesudah tanggal \u201cjangan datang sebelum\u201d.")
            )
        return found

    def answers(self) -> list[LabelledAnswer]:
        found = self.cleaned_data
        rows = [
            (_("Hari"), formats.format_weekdays([int(day) for day in found["weekdays"]])),
            (
                _("Jam"),
                formats.format_windows(times.merge_windows([self.parts[name] for name in found["windows"]])),
            ),
        ]
        for name, label in (("not_before", _("Paling cepat")), ("deadline", _("Paling lambat"))):
            if found[name]:
                rows.append((label, formats.format_long_date(found[name])))
        return rows
