"""What a guesser tries first here."""

import re

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COMMON_HERE = {
    *("rahasia", "sandi", "katasandi", "kata", "password", "passwd", "admin", "administrator", "indonesia"),
    *(
        "bismillah",
        "jemput",
        "bola",
        "dukcapil",
        "dispendukcapil",
        "disdukcapil",
        "capil",
        "catatan",
        "sipil",
    ),
    *(
        "koordinator",
        "petugas",
        "kantor",
        "kabupaten",
        "kota",
        "ktp",
        "perekaman",
        "sayang",
        "cinta",
        "merdeka",
    ),
}


class LocalWordsValidator:
    """Refuses a password that is nothing but words of this country and office with digits and signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = COMMON_HERE | set(re.findall(r"[a-z]{3,}", settings.OFFICE_NAME.lower()))
        rest = password.lower()
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        if sum(map(str.isalpha, rest)) < 3:
            raise ValidationError(
                _("Kata sandi ini mudah ditebak di kantor ini. Pakai beberapa kata yang tidak berkaitan."),
                code="password_of_local_words",
            )

    def get_help_text(self) -> str:
        return _("Jangan hanya memakai nama kantor, kata umum, dan angka.")
