"""Labels for the codes of the services."""

from django.utils.translation import gettext as _

from outreach import formats
from outreach.enums import Skill
from outreach.selectors.history import HistoryLine


def describe_problem(code: str) -> str:
    """Why something could not be done, and what to do."""
    return {
        "decided": _("Permohonan ini sudah diputuskan, mungkin oleh rekan. Muat ulang halaman ini."),
        "same_nik": _(
            "NIK ini milik warga yang sudah tercatat. Pilih warga itu; bila ini orang lain, periksa lalu pilih mengapa."
        ),
        "planned": _("Kunjungannya sudah terbit. Keluarkan dulu dari jadwal, lalu batalkan keputusan ini."),
        "begun": _(
            "Sudah ada petugas yang datang, jadi keputusan ini tidak bisa dibatalkan. Tutup antreannya, atau betulkan data warga."
        ),
        "accepted": _("Permohonan ini sudah disetujui. Betulkan data warganya."),
        "nothing_to_merge": _("Warga itu tidak sedang dalam antrean kunjungan. Setujui untuk warga itu."),
        "also": _("Permohonan lain yang dicentang sudah diputuskan. Muat ulang halaman ini."),
        "reason": _("Tulis alasan yang akan dibaca pemohon."),
        "dates": _("\u201cPaling lambat\u201d harus sesudah \u201cPaling cepat\u201d."),
        "numbers": _("Titik ini bukan di Indonesia. Periksa apakah lintang dan bujur tertukar."),
        "outside": _("Titik ini di luar wilayah kabupaten. Geser ke dalam batas."),
    }[code]


def skill_names(values: list[str]) -> list[str]:
    """The labels of skill codes; unknown codes are shown as they are."""
    known = dict(Skill.choices)
    return [str(known.get(value, value)) for value in values]


def describe_news(news: list[HistoryLine]) -> str:
    """What others did to a page's rows while it was open, as one text."""
    lines = (
        f"{formats.format_clock(line.at)} {line.actor}: {line.action}"
        + (f" ({line.change})" if line.change else "")
        for line in news
    )
    return _(
        "Belum disimpan, karena sejak halaman ini dibuka ada yang berubah: %s. Periksa, lalu ulangi."
    ) % ("; ".join(lines))
