"""Slots and their cost in words, to be read out on the telephone."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach import formats
from visits.appointments import arrival_intervals
from visits.appointments.placement import VisitPlacement
from visits.planning.week.slots import Slot
from visits.wording import labels


def describe_slot_price(slot: Slot, *, moved: int) -> str:
    """Menambah 12 mnt jalan; jam 2 keluarga berubah."""
    if slot.joins is not None:
        travel = _("satu tempat dengan rumah ke-%(number)d, alat tidak dibongkar lagi") % {
            "number": slot.position
        }
    elif slot.added_s >= 60:
        travel = _("menambah %(minutes)s jalan") % {"minutes": labels.format_duration(slot.added_s)}
    else:
        travel = _("tanpa tambahan jalan")
    others = _("jam keluarga lain tetap")
    if moved:
        others = ngettext("jam %(count)d keluarga lain berubah", "jam %(count)d keluarga lain berubah", moved)
        others = others % {"count": moved}
    return f"{travel}; {others}"


def describe_free_slot(team: str, told: str) -> str:
    """A free place, as it is read out to the family."""
    return _(
        "Masih ada tempat: %(team)s, %(told)s. Bila Bapak/Ibu bersedia, kami jadwalkan sekarang. Gratis."
    ) % {"team": team, "told": told}


def describe_no_slot(code: str) -> str:
    """Why there is no place to choose."""
    texts = {
        "state": _("Warga ini tidak sedang menunggu kunjungan."),
        "away": _("Warga ini tercatat di luar daerah, jadi belum bisa dikunjungi."),
        "begun": _("Tim sudah berangkat untuk kunjungan ini. Lihat halaman Hari ini."),
        "gone": _("Tempat itu sudah berubah. Pilih lagi dari daftar yang baru."),
        "hours": _(
            "Di tempat itu ada keluarga yang tidak bisa diberi jam yang pasti dalam jam kerja tim. Pilih tempat lain."
        ),
        "placed": _(
            "Kunjungan ini sudah ditempatkan di jadwal lain sejak halaman dibuka, dan tetap di sana. Pilih lagi bila memang perlu dipindah."
        ),
        "released": _(
            "Jadwal kunjungan ini sudah dilepas sejak halaman dibuka. Pilih lagi dari daftar yang baru."
        ),
        "newer": _("Hari tugas tim itu baru saja berubah. Pilih lagi dari daftar yang baru."),
    }
    return texts[code]


def describe_placement(found: VisitPlacement, *, mine: bool) -> str:
    """Who placed the need while the page was open, when and where, and what to do now. Names no resident."""
    where = {
        "who": found.name or _("sistem"),
        "at": formats.format_moment(found.at),
        "team": found.visit.shift.team.name,
        "told": formats.format_interval(*arrival_intervals.interval_told(found.visit)),
    }
    if mine:
        return (
            _(
                "Kunjungan ini sudah Bapak/Ibu tempatkan pada %(team)s, %(told)s (%(at)s), dan tetap di sana. Bila perlu dipindah, pilih lagi dari daftar di bawah."
            )
            % where
        )
    return (
        _(
            "Sejak halaman ini dibuka, %(who)s menempatkan kunjungan ini pada %(team)s, %(told)s (%(at)s), dan kunjungan tetap di sana. Bila perlu dipindah, bicarakan dulu dengan %(who)s, lalu pilih lagi dari daftar di bawah."
        )
        % where
    )
