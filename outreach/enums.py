"""Choices of the outreach app, with the states of a request and of a need and their allowed transitions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResidentKind(TextChoices):
    """Who is served at home."""

    ELDERLY = "elderly", _("Lansia (60 tahun ke atas)")
    SICK = "sick", _("Sakit")
    DISABLED = "disabled", _("Penyandang disabilitas")
    MENTAL_DISORDER = "mental_disorder", _("Gangguan jiwa (ODGJ)")


class Urgency(TextChoices):
    """How pressing a need is, as the coordinator judges it."""

    NORMAL = "normal", _("Biasa")
    HIGH = "high", _("Mendesak")
    HOSPITAL = "hospital", _("Sangat mendesak (rumah sakit, layanan terhenti)")


class Skill(TextChoices):
    """What a visit may need and a team may have: parts of the kit, and people."""

    CAMERA = "camera", _("Kamera")
    FINGERPRINT = "fingerprint", _("Pemindai sidik jari")
    IRIS = "iris", _("Pemindai iris")
    SIGNATURE = "signature", _("Papan tanda tangan")
    POWER = "power", _("Listrik cadangan (UPS)")
    RAMP = "ramp", _("Papan landai kursi roda")
    WOMAN_OFFICER = "woman_officer", _("Petugas perempuan")
    INTERPRETER = "interpreter", _("Juru bahasa isyarat atau daerah")


class Sex(TextChoices):
    FEMALE = "female", _("Perempuan")
    MALE = "male", _("Laki-laki")


class Relation(TextChoices):
    """Who asks, seen from the resident."""

    SELF = "self", _("Diri sendiri")
    FAMILY = "family", _("Keluarga")
    NEIGHBOUR = "neighbour", _("Tetangga")
    NEIGHBOURHOOD_HEAD = "neighbourhood_head", _("Ketua RT/RW")
    VILLAGE_OFFICER = "village_officer", _("Perangkat desa/kelurahan")
    HEALTH_WORKER = "health_worker", _("Tenaga kesehatan")


class LocationSource(TextChoices):
    """Where a resident's point comes from; a village's point is only approximate."""

    VILLAGE = "village", _("Titik desa (perkiraan)")
    PIN = "pin", _("Peta, oleh koordinator")
    OFFICER = "officer", _("Petugas di tempat")


class NeedKind(TextChoices):
    RECORDING = "recording", _("Rekam KTP-el di rumah")
    DELIVERY = "delivery", _("Antar KTP-el")


class RequestState(TextChoices):
    RECEIVED = "received", _("Diterima, menunggu diperiksa")
    ACCEPTED = "accepted", _("Disetujui")
    REFUSED = "refused", _("Tidak dapat dilayani di rumah")
    MERGED = "merged", _("Digabung dengan permohonan lain")
    CANCELLED = "cancelled", _("Dibatalkan pemohon")


REQUEST_MOVES: dict[str, frozenset[str]] = {
    RequestState.RECEIVED: frozenset(
        {RequestState.ACCEPTED, RequestState.REFUSED, RequestState.MERGED, RequestState.CANCELLED}
    ),
    RequestState.REFUSED: frozenset({RequestState.RECEIVED}),  # the coordinator thought again
    RequestState.ACCEPTED: frozenset({RequestState.CANCELLED, RequestState.RECEIVED}),  # taken back
    RequestState.MERGED: frozenset({RequestState.RECEIVED}),
    RequestState.CANCELLED: frozenset(),
}


class Suspicion(TextChoices):
    """Why a coordinator should look twice at a request; it is no reason to refuse it."""

    ADDRESS = "address", _("Sangat banyak permohonan dari satu sambungan internet dalam satu jam.")
    PHONE = "phone", _("Nomor HP ini dipakai untuk sangat banyak permohonan dalam sehari.")
    NIK = "nik", _("NIK ini dimohonkan berkali-kali dalam sehari, mungkin oleh orang lain.")
    TRAPPED = "trapped", _("Kotak yang tidak tampak di halaman terisi; mungkin dikirim oleh program.")


class NeedState(TextChoices):
    """OPEN waits for a plan; PLANNED has a published visit; REVIEW waits for a person's decision."""

    OPEN = "open", _("Menunggu jadwal")
    PLANNED = "planned", _("Sudah dijadwalkan")
    CAPTURED = "captured", _("Direkam petugas, menunggu berkas")
    RECORDED = "recorded", _("Sudah direkam")
    REVIEW = "review", _("Perlu keputusan koordinator")
    CLOSED = "closed", _("Selesai atau ditutup")


NEED_MOVES: dict[str, frozenset[str]] = {
    NeedState.OPEN: frozenset({NeedState.PLANNED, NeedState.REVIEW, NeedState.RECORDED, NeedState.CLOSED}),
    NeedState.PLANNED: frozenset(
        {NeedState.OPEN, NeedState.CAPTURED, NeedState.RECORDED, NeedState.REVIEW, NeedState.CLOSED}
    ),
    NeedState.CAPTURED: frozenset({NeedState.OPEN, NeedState.RECORDED, NeedState.REVIEW, NeedState.CLOSED}),
    NeedState.RECORDED: frozenset({NeedState.REVIEW, NeedState.CLOSED}),
    NeedState.REVIEW: frozenset({NeedState.OPEN, NeedState.RECORDED, NeedState.CLOSED}),
    NeedState.CLOSED: frozenset({NeedState.OPEN}),  # closed by mistake
}
UNFINISHED_NEEDS = (
    NeedState.OPEN,
    NeedState.PLANNED,
    NeedState.CAPTURED,
    NeedState.RECORDED,
    NeedState.REVIEW,
)


class FamilyProof(TextChoices):
    """How the office made sure that a request for a known person is the family's."""

    CALLED = "called", _("Ditelepon ke nomor yang sudah tercatat, dan keluarga membenarkan")
    FAMILY_CARD = "family_card", _("Menunjukkan KK di kantor atau di rumah")
    VILLAGE = "village", _("Perangkat desa membenarkan")


class ClosedReason(TextChoices):
    DELIVERED = "delivered", _("KTP-el sudah diterima warga")
    DECEASED = "deceased", _("Warga meninggal dunia")
    MOVED = "moved", _("Warga pindah")
    RECORDED_ELSEWHERE = "recorded_elsewhere", _("Sudah direkam di tempat lain")
    CANCELLED = "cancelled", _("Keluarga membatalkan")
    AWAY = "away", _("Warga di luar daerah")
    OTHER = "other", _("Sebab lain")
    UNDONE = "undone", _("Persetujuannya dibatalkan")


BY_HAND = tuple(reason for reason in ClosedReason if reason != ClosedReason.UNDONE)


class CorrectionReason(TextChoices):
    """Why what is known about a person is corrected."""

    TYPO = "typo", _("Salah tulis")
    DOCUMENT = "document", _("Menurut KTP atau KK yang ditunjukkan")
    FAMILY = "family", _("Keluarga memberi tahu yang baru")
    MIXED = "mixed", _("Tertukar dengan orang lain")


class NikException(TextChoices):
    """Why two people may have one NIK, after a check."""

    HERE = "here", _("NIK orang ini yang salah; dibetulkan nanti")
    THERE = "there", _("NIK warga yang sudah tercatat yang salah")
    BOTH = "both", _("Dua orang memang memegang NIK yang sama; dilaporkan ke pusat")


class Milestone(TextChoices):
    """What the resident's status page can say; each is one row of `Progress` when it happens."""

    RECEIVED = "received", _("Permohonan diterima")
    ACCEPTED = "accepted", _("Permohonan disetujui")
    REFUSED = "refused", _("Tidak dapat dilayani di rumah")
    PLANNED = "planned", _("Kunjungan dijadwalkan")
    UNPLANNED = "unplanned", _("Jadwal dibatalkan, dicarikan jadwal baru")
    CALLED_OFF = "called_off", _("Kunjungan pada hari itu batal")
    ON_THE_WAY = "on_the_way", _("Petugas dalam perjalanan")
    ARRIVED = "arrived", _("Petugas tiba")
    NOT_MET = "not_met", _("Belum berhasil, akan dijadwalkan lagi")
    CAPTURED = "captured", _("Data direkam petugas, berkas sedang dikirim")
    RECORDED = "recorded", _("Data sudah direkam dan diperiksa")
    REVIEW = "review", _("Sedang diperiksa koordinator")
    CARD_PRINTED = "card_printed", _("KTP-el sudah dicetak")
    DELIVERED = "delivered", _("KTP-el sudah diterima")
    CLOSED = "closed", _("Permohonan ditutup")
