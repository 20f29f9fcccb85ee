"""A place and its price, as the coordinator reads them out on the telephone."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.planning.slots import Slot
from visits.selectors import words


def price(slot: Slot) -> str:
    """Menambah 12 mnt jalan; 2 keluarga bergeser paling banyak 15 mnt."""
    if slot.added_s >= 60:
        travel = _("menambah %(minutes)s jalan") % {"minutes": words.duration(slot.added_s)}
    else:
        travel = _("tanpa tambahan jalan")
    return f"{travel}; {_others(slot)}"


def _others(slot: Slot) -> str:
    if slot.later_s < 60:
        return _("keluarga lain tidak bergeser")
    most = {"minutes": words.duration(slot.later_s), "count": len(slot.moved)}
    if not slot.moved:
        return _("keluarga lain bergeser paling banyak %(minutes)s") % most
    return (
        ngettext(
            "%(count)d keluarga bergeser paling banyak %(minutes)s",
            "%(count)d keluarga bergeser paling banyak %(minutes)s",
            len(slot.moved),
        )
        % most
    )


def none(code: str) -> str:
    """Why there is no place to choose."""
    texts = {
        "state": _("Keperluan ini tidak sedang menunggu kunjungan."),
        "away": _("Warga ini tercatat di luar daerah, jadi belum bisa dikunjungi."),
        "begun": _("Tim sudah berangkat untuk kunjungan ini. Lihat halaman Hari ini."),
        "gone": _("Tempat itu sudah berubah. Pilih lagi dari daftar yang baru."),
        "newer": _("Jadwal tim itu baru saja berubah. Pilih lagi dari daftar yang baru."),
    }
    return texts[code]
