"""Fields that accept what people type: dates in three boxes, numbers with spaces, months by name."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.lib.births import BirthBasis
from outreach.lib.phone import PhoneError, format_phone, parse_phone
from outreach.lib.text import clean_text

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("jan", "januari", "january"),
            ("feb", "februari", "pebruari", "february"),
            ("mar", "maret", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("agu", "agt", "ags", "agustus", "aug", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "november", "nopember"),
            ("des", "desember", "dec", "december"),
        ],
        start=1,
    )
    for name in names
}


class DateParts(forms.MultiWidget):
    """Widget with a box each for day, month and year."""

    input_type = "date-parts"

    def __init__(self) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"inputmode": mode, "class": f"w-{size}", "maxlength": length})
            for name, mode, size, length in (
                ("hari", "numeric", 2, 2),
                ("bulan", "text", 4, 9),
                ("tahun", "numeric", 4, 4),
            )
        }
        super().__init__(widgets=boxes)

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class DatePartsField(forms.MultiValueField):
    """A date from three boxes; the month as number or name. One error message that says what to do."""

    look = "outreach/fields/date.html"
    widget = DateParts

    def __init__(self, *, coming: bool = False, **options: Any) -> None:
        self.coming = coming  # a day still to come, as the example in the messages says
        fields = [forms.CharField(required=False, max_length=9) for _box in range(3)]
        super().__init__(fields=fields, require_all_fields=False, **options)
        for field in fields:
            field.required = False

    def compress(self, data_list: Sequence[Any]) -> Any:
        day, month, year = [str(part or "").strip() for part in [*data_list, "", "", ""][:3]]
        if not (day or month or year):
            return None
        example = {"example": f"17 8 {timezone.localdate().year + 1}" if self.coming else "17 5 1950"}
        number = MONTHS.get(month.lower().rstrip("."), month)
        if not (day and month and year):
            raise ValidationError(
                _("Tulis hari, bulan, dan tahun, misalnya %(example)s."), code="incomplete", params=example
            )
        if not re.fullmatch(r"[0-9]{4}", year):
            raise ValidationError(
                _("Tulis tahun dengan empat angka, misalnya %(year)s."),
                code="year",
                params={"year": example["example"][-4:]},
            )
        try:
            return date(int(year), int(number), int(day))
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                _("Tanggal itu tidak ada. Periksa hari dan bulannya, misalnya %(example)s."),
                code="impossible",
                params=example,
            ) from error

    def clean(self, value: Any) -> Any:
        # the boxes are checked together in `compress`, so that there is one message and not three
        parts = list(value) if isinstance(value, list | tuple) else []
        if not any(str(part or "").strip() for part in parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = self.compress(parts)
        self.validate(found)
        self.run_validators(found)
        return found


class BirthField(DatePartsField):
    """A birth date of which only the year, or month and year, may be known: the first day that fits, and how
    well it is known."""

    def compress(self, data_list: Sequence[Any]) -> tuple[date, BirthBasis] | None:
        day, month, year = [str(part or "").strip() for part in [*data_list, "", "", ""][:3]]
        if year and not day:
            first = super().compress(["1", month or "1", year])
            return first, BirthBasis.MONTH if month else BirthBasis.YEAR
        born = super().compress([day, month, year])
        return (born, BirthBasis.EXACT) if born else None


def clean_phone_number(typed: str) -> str:
    """The phone number as it is stored, "" for an empty text. The message says what to leave out."""
    try:
        return parse_phone(typed) if clean_text(typed) else ""
    except PhoneError as error:
        raise ValidationError(describe_phone_problem(error), code=error.code) from error


def describe_phone_problem(error: PhoneError) -> str:
    """What is wrong with a typed phone number, and what to write instead."""
    if error.code == "words":
        return _("Tulis nomornya saja, tanpa \u201c%(extra)s\u201d. Misalnya 0812 3456 7890.") % {
            "extra": error.extra
        }
    if error.code == "several":
        numbers = str(_(" atau ")).join(map(format_phone, error.numbers))
        return _("Ada %(count)d nomor. Tulis satu saja, yang paling mudah dihubungi: %(numbers)s.") % {
            "count": len(error.numbers),
            "numbers": numbers,
        }
    return str(_("Nomor telepon itu keliru. Tulis lengkap, misalnya 0812 3456 7890."))


class TextField(forms.CharField):
    look = "outreach/fields/text.html"

    def __init__(self, *, css: str = "", mode: str = "", autocomplete: str = "off", **options: Any) -> None:
        super().__init__(**options)
        attrs = {"class": css, "inputmode": mode, "autocomplete": autocomplete}
        self.widget.attrs.update({name: value for name, value in attrs.items() if value})


class LongTextField(TextField):
    widget = forms.Textarea(attrs={"rows": 3})


class RadiosField(forms.ChoiceField):
    look = "outreach/fields/radios.html"
    widget = forms.RadioSelect


class ChecksField(forms.MultipleChoiceField):
    look = "outreach/fields/checks.html"
    widget = forms.CheckboxSelectMultiple


class TickField(forms.BooleanField):
    look = "outreach/fields/tick.html"

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
