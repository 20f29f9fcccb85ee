"""The form of reference and secret that opens a status page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.forms.fields import TextField
from outreach.lib.reference import BadReferenceError, parse_reference


class StatusForm(forms.Form):
    reference = TextField(
        label=gettext_lazy("Nomor permohonan"),
        help_text=gettext_lazy("Misalnya JB-7K3QX-9M2D4. Huruf besar atau kecil sama saja."),
        max_length=40,
        css="w-16",
        error_messages={"required": gettext_lazy("Tulis nomor permohonan dari bukti permohonan.")},
    )
    secret = TextField(
        label=gettext_lazy("Empat angka terakhir nomor telepon, atau kode"),
        help_text=gettext_lazy(
            "Nomor HP yang Bapak/Ibu isi di formulir. Tanpa nomor HP: kode pada bukti permohonan."
        ),
        max_length=30,
        css="w-8",
        error_messages={"required": gettext_lazy("Tulis empat angka terakhir nomor telepon, atau kode.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        try:
            return parse_reference(typed)
        except BadReferenceError as error:
            raise ValidationError(
                _("Nomornya belum cocok. Periksa lagi huruf demi huruf, misalnya JB-7K3QX-9M2D4."),
                code=error.code,
            ) from error
