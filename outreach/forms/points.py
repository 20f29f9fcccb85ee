"""Points on the map in forms: two boxes of which either may hold what was copied from a map."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from outreach.lib.coordinates import CoordinateError, Point, read_point

LONGEST = 300  # an address of a map


class DegreesField(forms.CharField):
    """The box of a latitude or a longitude; `clean_boxes` reads both together."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=LONGEST, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed("" if initial is None else str(initial), data)


def clean_boxes(form: forms.BaseForm, latitude: str, longitude: str) -> Point | None:
    """Replace the texts of two boxes by degrees (None where both are empty) and return the point.

    What cannot be read becomes an error of its box; the texts stay in the form for correction.
    """
    found = form.cleaned_data
    names = {"latitude": latitude, "longitude": longitude}
    if not set(names.values()) <= set(found):
        return None
    point = None
    try:
        point = read_point(found[latitude], found[longitude])
    except CoordinateError as error:
        one_is_empty = not (found[latitude] and found[longitude])
        form.add_error(
            names[error.box],
            _("Isi lintang dan bujur, atau kosongkan keduanya.")
            if one_is_empty
            else _("Tulis angka, misalnya -7.654321, atau tempel titik dari peta: -7.654321, 111.523900."),
        )
    found[latitude], found[longitude] = point or (None, None)
    return point
