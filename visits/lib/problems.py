"""The problems that a call of a tablet can have: a closed list with texts for officers (RFC 9457).

`retry` tells the tablet what to do: `fix-data`, `review` and `never` park an item, everything else is tried
again. Services raise `ProblemError`; the exception handler in `config.api` writes the document.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

TYPE_BASE = "https://jemput-bola.invalid/masalah/"


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: HTTP status, title, what to do, and whether to retry."""

    status: int
    retry: str
    title: Any
    detail: Any


PROBLEMS: dict[str, ProblemKind] = {
    "bad-request": ProblemKind(
        400, "never", _("Permintaan tidak dikenali"), _("Muat ulang aplikasi, lalu coba lagi.")
    ),
    "malformed-json": ProblemKind(
        400,
        "never",
        _("Isi kiriman tidak terbaca"),
        _("Simpan data ini lewat “Simpan ke berkas” dan hubungi kantor."),
    ),
    "bad-signature": ProblemKind(
        400,
        "never",
        _("Tanda tangan tablet tidak cocok"),
        _("Simpan data ini lewat “Simpan ke berkas” dan hubungi kantor."),
    ),
    "unauthenticated": ProblemKind(
        401, "reauth", _("Tablet belum dikenali"), _("Tablet akan masuk kembali. Data tetap aman di tablet.")
    ),
    "ping-stale": ProblemKind(
        401,
        "reauth",
        _("Sapaan server sudah lama"),
        _("Tablet akan menyapa server lagi, lalu masuk kembali."),
    ),
    "not-mine": ProblemKind(
        403,
        "never",
        _("Nomor ini milik tablet lain"),
        _("Simpan data ini lewat “Simpan ke berkas” dan hubungi kantor."),
    ),
    "not-found": ProblemKind(
        404, "resync", _("Tidak ditemukan"), _("Data ini tidak ada pada tim Anda. Segarkan daftar kunjungan.")
    ),
    "method-not-allowed": ProblemKind(
        405, "never", _("Permintaan tidak dikenali"), _("Perbarui aplikasi tablet, lalu coba lagi.")
    ),
    "conflict-key": ProblemKind(
        409,
        "fix-data",
        _("Kunci tablet sudah terdaftar"),
        _("Buat kunci baru pada tablet, lalu pasangkan kembali dengan kode baru dari koordinator."),
    ),
    "code-gone": ProblemKind(
        410,
        "fix-data",
        _("Kode tidak berlaku"),
        _("Kode ini sudah dipakai atau kedaluwarsa. Minta kode baru kepada koordinator."),
    ),
    "too-large": ProblemKind(
        413,
        "fix-data",
        _("Kiriman terlalu besar"),
        _("Perkecil foto atau kirim dengan bagian yang lebih sedikit, lalu coba lagi."),
    ),
    "unsupported-media": ProblemKind(
        415,
        "never",
        _("Jenis kiriman tidak dikenali"),
        _("Perbarui aplikasi tablet, lalu coba lagi."),
    ),
    "invalid": ProblemKind(
        422, "fix-data", _("Isian belum benar"), _("Periksa isian yang disebut, perbaiki, lalu kirim lagi.")
    ),
    "content-differs": ProblemKind(
        422,
        "review",
        _("Nomor sama, isi berbeda"),
        _("Kiriman pertama dengan nomor ini sudah diterima. Kantor akan memeriksa keduanya."),
    ),
    "blob-differs": ProblemKind(
        422, "retry", _("Potongan data rusak di jalan"), _("Tablet akan mengirim ulang potongan ini.")
    ),
    "device-revoked": ProblemKind(
        423,
        "wipe",
        _("Izin tablet dicabut"),
        _("Tablet ini tidak lagi menerima data. Rekaman yang tersimpan masih dapat dikirim."),
    ),
    "client-too-old": ProblemKind(
        426,
        "upgrade",
        _("Aplikasi perlu diperbarui"),
        _("Muat ulang aplikasi untuk mendapat versi baru. Rekaman yang tersimpan tetap dapat dikirim."),
    ),
    "too-many": ProblemKind(
        429, "retry-after", _("Terlalu banyak permintaan"), _("Tunggu sebentar. Tablet akan mencoba lagi.")
    ),
    "too-many-open": ProblemKind(
        429,
        "retry-after",
        _("Terlalu banyak rekaman belum selesai"),
        _("Tablet akan menyelesaikan rekaman yang sudah dimulai lebih dahulu."),
    ),
    "server-error": ProblemKind(
        500,
        "retry",
        _("Server sedang bermasalah"),
        _("Data tetap aman di tablet. Tablet akan mencoba lagi."),
    ),
    "busy": ProblemKind(
        503,
        "retry-after",
        _("Server sedang sibuk"),
        _("Data tetap aman di tablet. Tablet akan mencoba lagi."),
    ),
}


class ProblemError(Exception):
    """A call that failed with this problem code. `extra` are further members of the document."""

    def __init__(
        self,
        code: str,
        *,
        errors: list[dict[str, str]] | None = None,
        retry_after: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors or []
        self.retry_after = retry_after
        self.extra = extra or {}

    @property
    def status(self) -> int:
        return PROBLEMS[self.code].status

    def document(self) -> dict[str, Any]:
        """The problem document in the language of the request."""
        problem = PROBLEMS[self.code]
        document: dict[str, Any] = {
            "type": TYPE_BASE + self.code,
            "title": str(problem.title),
            "status": problem.status,
            "detail": str(problem.detail),
            "code": self.code,
            "retry": problem.retry,
        }
        if self.errors:
            document["errors"] = self.errors
        return {**document, **self.extra}
