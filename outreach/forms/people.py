"""Pages about people: who asks, who is to be recorded, in what condition, whom to call."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach import formats, notice
from outreach.enums import Relation, ResidentKind, Skill
from outreach.forms.base import REQUIRED, LabelledAnswer, PageForm
from outreach.forms.fields import (
    BirthField,
    ChecksField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    clean_phone_number,
)
from outreach.lib.births import BirthBasis, birth_range
from outreach.lib.nik import NumberError, parse_nik
from outreach.lib.phone import format_phone
from outreach.lib.text import clean_line
from outreach.lib.times import OLDEST, birthday_on
from outreach.services.intake import MINIMUM_AGE, is_too_young


class ApplicantPage(PageForm):
    slug = "pemohon"
    single = True
    relation = RadiosField(
        label=gettext_lazy("Siapa yang mengisi permohonan ini?"),
        help_text=gettext_lazy("Keluarga, tetangga, ketua RT, atau perangkat desa boleh membantu mengisi."),
        choices=[
            (Relation.SELF, gettext_lazy("Saya sendiri yang akan direkam")),
            (Relation.FAMILY, gettext_lazy("Keluarga")),
            (Relation.NEIGHBOUR, gettext_lazy("Tetangga")),
            (Relation.NEIGHBOURHOOD_HEAD, gettext_lazy("Ketua RT/RW")),
            (Relation.VILLAGE_OFFICER, gettext_lazy("Perangkat desa/kelurahan")),
            (Relation.HEALTH_WORKER, gettext_lazy("Tenaga kesehatan")),
        ],
        error_messages={"required": REQUIRED, "invalid_choice": REQUIRED},
    )

    @property
    def title(self) -> str:
        return _("Siapa yang mengisi permohonan ini?")

    def answers(self) -> list[LabelledAnswer]:
        chosen = dict(self.fields["relation"].choices)[self.cleaned_data["relation"]]  # type: ignore[attr-defined]
        return [(_("Yang mengisi"), str(chosen))]


class PersonPage(PageForm):
    slug = "warga"
    name = TextField(
        label=gettext_lazy("Nama lengkap"),
        help_text=gettext_lazy("Seperti tertulis di Kartu Keluarga (KK)."),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Tulis nama lengkap warga yang akan direkam."),
            "max_length": gettext_lazy("Nama terlalu panjang. Tulis paling banyak 120 huruf."),
        },
    )
    nik = TextField(
        label="NIK",
        help_text=gettext_lazy("16 angka, ada di KK. Boleh ditulis dengan spasi."),
        required=False,
        max_length=40,
        css="w-16",
        mode="numeric",
    )
    nik_unknown = TickField(label=gettext_lazy("Saya tidak tahu NIK-nya"))
    birth_date = BirthField(label=gettext_lazy("Tanggal lahir"), required=False)
    birth_unknown = TickField(
        label=gettext_lazy("Tidak tahu tanggal lahir pastinya"),
        help_text=gettext_lazy("Tulis tahunnya saja, atau bulan dan tahunnya, bila itu yang diketahui."),
    )
    century = RadiosField(
        label=gettext_lazy("Lahir tahun berapa?"),
        help_text=gettext_lazy("NIK hanya memuat dua angka terakhir tahun lahir."),
        required=False,
        error_messages={"invalid_choice": REQUIRED},
    )
    married = TickField(label=gettext_lazy("Warga ini sudah menikah"))

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        super().__init__(data, before=before)
        if not (data and data.get("married")):
            self.fields["married"].widget = forms.HiddenInput()  # asked only where it matters
        births = self._births_by_nik(data) if data else ()
        if len(births) > 1:
            years = [(str(born.year), str(born.year)) for born in reversed(births)]
            self.fields["century"].choices = years  # type: ignore[attr-defined]
        else:
            del self.fields["century"]

    def _births_by_nik(self, data: Any) -> tuple[date, ...]:
        """The birth dates that the NIK leaves open where nothing else tells the year."""
        if not data.get("birth_unknown") or str(data.get("birth_date_tahun") or "").strip():
            return ()
        try:
            return parse_nik(data.get("nik") or "", today=self.today).births
        except NumberError:
            return ()

    @property
    def title(self) -> str:
        return _("Data diri Bapak/Ibu") if self.for_self else _("Siapa yang akan didatangi?")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_nik(self) -> str:
        typed = self.cleaned_data["nik"].strip()
        if not typed:
            return ""
        try:
            return parse_nik(typed, today=self.today).text
        except NumberError as error:
            raise ValidationError(self._nik_message(error.code, typed), code=error.code) from error

    def _nik_message(self, code: str, typed: str) -> str:
        if code == "not_digits":
            return _("NIK hanya berisi angka. Salin 16 angka dari KK, atau centang \u201ctidak tahu\u201d.")
        if code == "length":
            count = sum(character.isdigit() for character in typed)
            return _("NIK harus 16 angka, yang tertulis %(count)d angka. Periksa lagi dari KK.") % {
                "count": count
            }
        if code == "birth_date":
            return _(
                "NIK ini keliru: angka ke-7 sampai ke-12 bukan tanggal lahir. Salin lagi dari KK, "
                "atau kosongkan dan centang \u201ctidak tahu\u201d."
            )
        return _("NIK ini keliru. Salin lagi dari KK, atau kosongkan dan centang \u201ctidak tahu\u201d.")

    def clean_birth_date(self) -> tuple[date, BirthBasis] | None:
        found: tuple[date, BirthBasis] | None = self.cleaned_data["birth_date"]
        if found and found[0] > self.today:
            raise ValidationError(
                _("Tanggal lahir tidak boleh sesudah hari ini. Periksa tahunnya."), code="future"
            )
        if found and found[0].year < self.today.year - OLDEST:
            raise ValidationError(
                _("Tahun lahir terlalu lama. Periksa tahunnya, misalnya 1950."), code="past"
            )
        return found

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if "nik" not in self.errors and not found.get("nik") and not found.get("nik_unknown"):
            self.add_error("nik", _("Tulis NIK, atau centang \u201cSaya tidak tahu NIK-nya\u201d."))
        typed = found.pop("birth_date", None)
        born, basis = self._read_birth(typed)
        found["birth_date"], found["birth_basis"] = born, basis
        if "birth_date" not in self.errors and not found.get("birth_unknown"):
            if not typed:
                self.add_error("birth_date", _("Tulis tanggal lahir, atau centang \u201cTidak tahu\u201d."))
            elif basis != BirthBasis.EXACT:
                message = _(
                    "Tulis hari, bulan, dan tahun. Bila tidak tahu pastinya, centang \u201cTidak tahu\u201d."
                )
                self.add_error("birth_date", message)
        if "century" in self.fields and "century" not in self.errors and not found.get("century"):
            self.add_error("century", _("Pilih tahun lahirnya."))
        self._check_age(born, basis)
        return found

    def _read_birth(self, typed: tuple[date, BirthBasis] | None) -> tuple[date | None, BirthBasis]:
        """The birth date and how well it is known. The NIK completes what somebody does not know exactly."""
        found = self.cleaned_data
        if not found.get("birth_unknown"):
            return typed or (None, BirthBasis.EXACT)
        births = parse_nik(found["nik"], today=self.today).births if found.get("nik") else ()
        if typed:
            first, last = birth_range(*typed)
            fits = [born for born in births if first <= born <= last]
            about = typed[0], BirthBasis.YEAR if typed[1] == BirthBasis.EXACT else typed[1]
            return (fits[0], BirthBasis.NIK) if fits else about
        if len(births) > 1:
            births = tuple(born for born in births if str(born.year) == found.get("century"))
        return (births[0], BirthBasis.NIK) if births else (None, BirthBasis.EXACT)

    def _check_age(self, born: date | None, basis: BirthBasis) -> None:
        married = self.cleaned_data.get("married", False)
        if born is None or not is_too_young(born, basis=basis, married=married, today=self.today):
            return
        where = "century" if "century" in self.fields else "birth_date"
        if married:
            self.add_error(
                where, _("Warga yang sudah menikah tidak mungkin semuda itu. Periksa tahun lahirnya.")
            )
            return
        self.fields["married"].widget = forms.CheckboxInput()
        message = _(
            "Warga ini belum %(age)d tahun. KTP-el untuk yang berumur 17 tahun atau sudah menikah, dan datanya "
            "bisa direkam sejak %(age)d tahun, yaitu mulai %(day)s. Bila sudah menikah, centang di bawah."
        )
        day = formats.format_long_date(birthday_on(born, MINIMUM_AGE))
        self.add_error(where, message % {"age": MINIMUM_AGE, "day": day})

    def answers(self) -> list[LabelledAnswer]:
        found = self.cleaned_data
        nik, born = found["nik"], found["birth_date"]
        spoken = formats.format_birth(born, found["birth_basis"]) if born else _("Tidak tahu")
        shown = " ".join(nik[place : place + 4] for place in range(0, 16, 4)) if nik else _("Tidak tahu")
        rows = [
            (_("Nama warga"), found["name"]),
            ("NIK", shown),
            (_("Tanggal lahir"), spoken),
        ]
        return [*rows, (_("Sudah menikah"), _("Ya"))] if found["married"] else rows


class ConditionPage(PageForm):
    slug = "keadaan"
    kind = RadiosField(
        label=gettext_lazy("Mengapa perlu didatangi di rumah?"),
        choices=[
            (ResidentKind.ELDERLY, gettext_lazy("Lanjut usia (60 tahun ke atas)")),
            (ResidentKind.SICK, gettext_lazy("Sakit")),
            (ResidentKind.DISABLED, gettext_lazy("Penyandang disabilitas")),
            (ResidentKind.MENTAL_DISORDER, gettext_lazy("Gangguan jiwa (ODGJ)")),
        ],
        help_text=gettext_lazy("Pilih yang paling sesuai."),
        error_messages={"required": REQUIRED, "invalid_choice": REQUIRED},
    )
    skills = ChecksField(
        label=gettext_lazy("Apa yang perlu kami siapkan? (boleh dikosongkan)"),
        choices=[
            (Skill.RAMP, gettext_lazy("Memakai kursi roda atau tidak bisa bangun dari tempat tidur")),
            (Skill.WOMAN_OFFICER, gettext_lazy("Lebih nyaman dengan petugas perempuan")),
            (Skill.INTERPRETER, gettext_lazy("Perlu bahasa isyarat atau bahasa daerah")),
            (Skill.POWER, gettext_lazy("Listrik di rumah tidak ada atau sering padam")),
        ],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Pilih dari daftar.")},
    )
    infectious = TickField(
        label=gettext_lazy("Ada penyakit menular di rumah (misalnya TBC)"),
        help_text=gettext_lazy("Tetap kami datangi, dengan pelindung."),
    )
    health = LongTextField(
        label=gettext_lazy("Catatan kesehatan (boleh dikosongkan)"),
        help_text=gettext_lazy("Misalnya: memakai oksigen, takut orang asing."),
        required=False,
        max_length=500,
        error_messages={"max_length": gettext_lazy("Terlalu panjang. Tulis paling banyak 500 huruf.")},
    )

    @property
    def lead(self) -> str:  # type: ignore[override]
        return notice.health_paragraph()

    @property
    def title(self) -> str:
        return _("Keadaan Bapak/Ibu") if self.for_self else _("Keadaannya")

    def answers(self) -> list[LabelledAnswer]:
        found = self.cleaned_data
        wishes: Iterable[Any] = self.fields["skills"].choices  # type: ignore[attr-defined]
        wanted = [str(text) for value, text in wishes if value in found["skills"]]
        if found["infectious"]:
            wanted.append(_("Ada penyakit menular"))
        return [
            (_("Keadaan"), str(dict(self.fields["kind"].choices)[found["kind"]])),  # type: ignore[attr-defined]
            (_("Perlu disiapkan"), "; ".join(wanted) or _("Tidak ada")),
            (_("Catatan kesehatan"), found["health"] or _("Tidak diisi")),
        ]


class ContactPage(PageForm):
    slug = "kontak"
    phone = TextField(
        label=gettext_lazy("Nomor telepon yang bisa dihubungi"),
        help_text=gettext_lazy(
            "Milik warga atau yang merawatnya. Empat angka terakhirnya dipakai melihat status."
        ),
        required=False,
        max_length=100,  # room for words around the number, so that the message can name them
        css="w-16",
        mode="tel",
    )
    phone_none = TickField(
        label=gettext_lazy("Tidak ada telepon"),
        help_text=gettext_lazy("Kami beri kode untuk dicatat, sebagai ganti nomor telepon."),
    )
    applicant_name = TextField(
        label=gettext_lazy("Nama Bapak/Ibu yang mengisi (boleh dikosongkan)"),
        required=False,
        max_length=120,
    )

    def __init__(self, data: Any = None, *, before: dict[str, Any]) -> None:
        super().__init__(data, before=before)
        if self.for_self:
            del self.fields["applicant_name"]

    @property
    def title(self) -> str:
        return _("Siapa yang kami hubungi?")

    def clean_phone(self) -> str:
        return clean_phone_number(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if "phone" not in self.errors and not found.get("phone") and not found.get("phone_none"):
            self.add_error("phone", _("Tulis nomor telepon, atau centang \u201cTidak ada telepon\u201d."))
        return found

    def answers(self) -> list[LabelledAnswer]:
        found = self.cleaned_data
        rows = [(_("Telepon"), format_phone(found["phone"]) if found["phone"] else _("Tidak ada"))]
        name = found.get("applicant_name")
        return [*rows, (_("Nama yang mengisi"), name)] if name else rows
