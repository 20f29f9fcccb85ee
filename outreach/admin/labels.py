"""Labels for the codes of the services."""

from django.utils.translation import gettext as _

from outreach.enums import Skill


def describe_problem(code: str) -> str:
    """Why something could not be done, and what to do."""
    return {
        "decided": _("Permohonan ini sudah diputuskan, mungkin oleh rekan. Muat ulang halaman ini."),
        "same_nik": _("NIK ini milik warga yang sudah tercatat. Pilih warga itu, atau gabungkan."),
        "nothing_to_merge": _("Warga itu tidak punya keperluan yang berjalan. Setujui untuk warga itu."),
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
