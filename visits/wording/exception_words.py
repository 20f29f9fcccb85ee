"""What could not be taken of somebody and why, in words: the tablet hands in codes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_THINGS: dict[str, Any] = {
    "left_thumb": _("Ibu jari kiri"),
    "left_index": _("Telunjuk kiri"),
    "left_middle": _("Jari tengah kiri"),
    "left_ring": _("Jari manis kiri"),
    "left_little": _("Kelingking kiri"),
    "right_thumb": _("Ibu jari kanan"),
    "right_index": _("Telunjuk kanan"),
    "right_middle": _("Jari tengah kanan"),
    "right_ring": _("Jari manis kanan"),
    "right_little": _("Kelingking kanan"),
    "left_iris": _("Mata kiri"),
    "right_iris": _("Mata kanan"),
    "photo": _("Foto"),
    "signature": _("Tanda tangan"),
    "registration_number": _("Nomor pendaftaran"),
}
_REASONS: dict[str, Any] = {
    "missing": pgettext_lazy("finger or eye", "tidak ada"),
    "injured": _("luka atau dibalut"),
    "worn": _("sidik jari aus"),
    "closed": _("mata tertutup"),
    "cannot": _("tidak mampu"),
    "refuses": _("menolak"),
    "device": _("alat bermasalah"),
    "other": _("lainnya"),
}


def describe_exceptions(form: Mapping[str, Any]) -> list[str]:
    """Each exception of a record's form in a line; a code that is none of ours as it was told."""
    return [_describe_exception(exception) for exception in form.get("exceptions", [])]


def _describe_exception(exception: Mapping[str, Any]) -> str:
    what, reason = str(exception["what"]), str(exception["reason"])
    words = f"{_THINGS.get(what, what)}: {_REASONS.get(reason, reason)}"
    return f"{words} ({exception['note']})" if exception.get("note") else words
