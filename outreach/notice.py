"""The privacy notice of the request form: its text, its version, and the hash stored with the consent."""

import hashlib

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

VERSION = "2026-11"


def notice_paragraphs() -> list[str]:
    """The paragraphs of the notice in the language of the page."""
    office = {"office": settings.OFFICE_NAME}
    return [
        _("%(office)s memakai data ini hanya untuk merekam dan mengantar KTP-el.") % office,
        _(
            "Yang membaca: petugas kantor yang memeriksa permohonan, dan petugas yang datang ke rumah. "
            "NIK, nomor telepon, dan catatan kesehatan disimpan tersandi."
        ),
        _(
            "Keadaan kesehatan boleh dikosongkan. Kami menanyakannya agar petugas datang dengan alat yang tepat."
        ),
        _("Bapak/Ibu boleh melihat, memperbaiki, atau meminta data ini dihapus lewat kantor kami."),
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
