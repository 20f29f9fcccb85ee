"""The privacy notice of the request form: its text, its version, and the hash stored with the consent."""

import hashlib

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

VERSION = "2026-12"


def health_paragraph() -> str:
    """What is said before the question about health, and again before the button that sends."""
    return _(
        "Kami menanyakan keadaannya agar petugas datang dengan alat yang tepat. Pilihannya dibaca petugas kantor dan "
        "petugas yang datang. Catatan kesehatan boleh dikosongkan; itu disimpan terkunci, dan hanya kantor yang membukanya."
    )


def rights_paragraph() -> str:
    """How somebody sees, corrects or deletes what is kept: people at the office do it."""
    if settings.OFFICE_PHONE:
        return _(
            "Ingin melihat, membetulkan, atau menghapus data ini, atau tidak setuju lagi? Kirim surat ke kantor, "
            "telepon %(phone)s, atau datang. Siapkan nomor permohonan."
        ) % {"phone": settings.OFFICE_PHONE}
    return _(
        "Ingin melihat, membetulkan, atau menghapus data ini, atau tidak setuju lagi? Kirim surat ke kantor, atau "
        "datang. Siapkan nomor permohonan."
    )


def notice_paragraphs() -> list[str]:
    """The paragraphs of the notice in the language of the page."""
    office = {"office": settings.OFFICE_NAME}
    return [
        _("%(office)s memakai data ini hanya untuk merekam KTP di rumah.") % office,
        _(
            "NIK, nomor KK, telepon, nama yang mengisi, dan catatan kesehatan disimpan terkunci. Nama, tanggal lahir, "
            "alamat, letak rumah, dan keadaannya tidak terkunci, dan hanya dibaca petugas."
        ),
        health_paragraph(),
        rights_paragraph(),
    ]


def agreement_text() -> str:
    """The sentence that the submit button agrees to."""
    return _(
        "Dengan menekan tombol di bawah, saya menyatakan data ini benar, saya (atau warga yang saya bantu) setuju "
        "data ini dipakai seperti di atas, dan setuju petugas datang ke rumah."
    )


def notice_version() -> str:
    """Version and language, "2026-11/id"."""
    return f"{VERSION}/{get_language()}"


def notice_sha256() -> str:
    """The hash of the text shown now."""
    return hashlib.sha256("\n".join([*notice_paragraphs(), agreement_text()]).encode()).hexdigest()
