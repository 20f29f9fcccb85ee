"""Choices of the visits app, with the states of its rows and the allowed transitions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    """A planning run. INTERRUPTED is read from a lease that ran out, and may be started again."""

    QUEUED = "queued", _("Menunggu giliran")
    RUNNING = "running", _("Sedang menghitung")
    DONE = "done", _("Selesai")
    STOPPED = "stopped", _("Dihentikan, hasil terbaik disimpan")
    INTERRUPTED = "interrupted", _("Terputus")
    FAILED = "failed", _("Gagal, lihat penjelasan")


RUN_MOVES: dict[str, frozenset[str]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.STOPPED, RunState.FAILED}),
    RunState.RUNNING: frozenset(
        {RunState.DONE, RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED, RunState.QUEUED}
    ),
    RunState.INTERRUPTED: frozenset({RunState.QUEUED, RunState.RUNNING, RunState.STOPPED, RunState.FAILED}),
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.STOPPED: frozenset(),
    RunState.DONE: frozenset(),
}


ACTIVE_RUNS = (RunState.QUEUED, RunState.RUNNING, RunState.INTERRUPTED)
MAX_RUN_ATTEMPTS = 3  # a run that kills its worker is not tried for ever


class RunKind(TextChoices):
    """What a plan is for: days ahead, the rest of a day that is under way, or one visit's place."""

    AHEAD = "ahead", _("Hari-hari mendatang")
    TODAY = "today", _("Sisa hari ini")
    SLOT = "slot", _("Satu kunjungan")


class ReleaseReason(TextChoices):
    """Why a coordinator takes a promise back."""

    FAMILY = "family", _("Keluarga minta waktu lain")
    TEAM = "team", _("Tim tidak dapat datang")
    URGENT = "urgent", _("Ada yang lebih mendesak")
    MISTAKE = "mistake", _("Salah ditandai")


class CallOffReason(TextChoices):
    """Why the office calls published visits off."""

    CLOSED = "closed", _("Kantor tutup pada hari itu")
    STAFF = "staff", _("Tim berhalangan")
    VEHICLE = "vehicle", _("Kendaraan tidak dapat dipakai")
    KIT = "kit", _("Alat rusak atau tidak ada")
    HOURS = "hours", _("Jam kerja berubah")
    OTHER = "other", _("Sebab lain")


class PlanState(TextChoices):
    DRAFT = "draft", _("Rancangan")
    PUBLISHED = "published", _("Terbit")
    DISCARDED = "discarded", _("Dibuang")


PLAN_MOVES: dict[str, frozenset[str]] = {
    PlanState.DRAFT: frozenset({PlanState.PUBLISHED, PlanState.DISCARDED}),
    PlanState.PUBLISHED: frozenset(),
    PlanState.DISCARDED: frozenset(),
}


class Vehicle(TextChoices):
    """What a team drives; each has travel times of its own."""

    CAR = "car", _("Mobil")
    MOTORCYCLE = "motorcycle", _("Sepeda motor")


class RecordingWay(TextChoices):
    """How a team's kit takes the biometrics: the ministry's own kit does, and we keep none; or the tablet takes photo
    and signature, and fingers and irises through devices at its side; or these are taken later."""

    OFFICIAL_KIT = "official_kit", _("Alat rekam resmi kementerian")
    OUR_DEVICES = "our_devices", _("Alat kantor: sidik jari dan mata lewat tablet (MOSIP SBI)")
    TABLET_ONLY = "tablet_only", _("Tablet saja: foto dan tanda tangan")


class RoadSource(TextChoices):
    """Where travel times come from."""

    GREAT_CIRCLE = "great_circle", _("Garis lurus")
    OSRM = "osrm", "OSRM"
    EXTRACT = "extract", _("Peta OpenStreetMap")


class RoadTrouble(TextChoices):
    """Why travel times are not as the settings ask for, or not wholly."""

    UNREACHABLE = "unreachable", _("tidak terhubung")
    SLOW = "slow", _("tidak menjawab pada waktunya")
    ANSWER = "answer", _("menjawab dengan isi yang tidak dapat dipakai")
    ADDRESS = "address", _("belum diatur alamatnya")
    NOT_BUILT = "not_built", _("belum disiapkan")
    PACKAGES = "packages", _("belum lengkap pemasangannya")
    OUTSIDE = "outside", _("tidak mencakup titik-titik ini")
    ERROR = "error", _("tidak dapat dipakai karena kesalahan program")


class VisitKind(TextChoices):
    """Visits that take about as long as one another: the first attempt at a resident of a kind, any further
    attempt, the handing over of a card, and a visit without a result."""

    ELDERLY = "elderly", _("Lansia")
    SICK = "sick", _("Sakit")
    DISABLED = "disabled", _("Penyandang disabilitas")
    MENTAL_DISORDER = "mental_disorder", _("Gangguan jiwa (ODGJ)")
    AGAIN = "again", _("Kunjungan kedua dan ketiga")
    DELIVERY = "delivery", _("Antar kartu")
    IN_VAIN = "in_vain", _("Kunjungan tanpa hasil")


class FitState(TextChoices):
    """A speed fitted to recorded trips. Only an APPLIED one counts, and there is one at most."""

    PROPOSED = "proposed", _("Usulan")
    APPLIED = "applied", _("Dipakai")
    REPLACED = "replaced", _("Sudah diganti")


FIT_MOVES: dict[str, frozenset[str]] = {
    FitState.PROPOSED: frozenset({FitState.APPLIED, FitState.REPLACED}),
    FitState.APPLIED: frozenset({FitState.REPLACED}),
    FitState.REPLACED: frozenset(),
}


class VisitState(TextChoices):
    """A published visit, computed from what the tablet reports."""

    PUBLISHED = "published", _("Dijadwalkan")
    TRAVELLING = "travelling", _("Dalam perjalanan")
    ARRIVED = "arrived", _("Petugas tiba")
    FINISHED = "finished", _("Selesai")
    CANCELLED = "cancelled", _("Dibatalkan")


OPEN_VISITS = (VisitState.PUBLISHED, VisitState.TRAVELLING, VisitState.ARRIVED)

VISIT_MOVES: dict[str, frozenset[str]] = {
    VisitState.PUBLISHED: frozenset(
        {VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.FINISHED, VisitState.CANCELLED}
    ),
    VisitState.TRAVELLING: frozenset(
        {VisitState.PUBLISHED, VisitState.ARRIVED, VisitState.FINISHED, VisitState.CANCELLED}
    ),
    VisitState.ARRIVED: frozenset({VisitState.TRAVELLING, VisitState.FINISHED, VisitState.CANCELLED}),
    VisitState.FINISHED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}


class Outcome(TextChoices):
    """What came of a visit."""

    RECORDED = "recorded", _("Berhasil direkam")
    NOT_HOME = "not_home", _("Tidak ada di rumah")
    REFUSED_TODAY = "refused_today", _("Menolak hari ini")
    UNWELL = "unwell", _("Kondisi tidak memungkinkan")
    UNSAFE = "unsafe", _("Tidak aman, petugas mundur")
    ADDRESS_NOT_FOUND = "address_not_found", _("Alamat tidak ditemukan")
    DECEASED = "deceased", _("Meninggal dunia")
    MOVED = "moved", _("Pindah")
    RECORDED_ELSEWHERE = "recorded_elsewhere", _("Sudah direkam di tempat lain")


TRY_AGAIN = frozenset(
    {Outcome.NOT_HOME, Outcome.REFUSED_TODAY, Outcome.UNWELL, Outcome.UNSAFE, Outcome.ADDRESS_NOT_FOUND}
)
CLOSING = frozenset({Outcome.DECEASED, Outcome.MOVED, Outcome.RECORDED_ELSEWHERE})
MAX_ATTEMPTS = 3


class DeviceState(TextChoices):
    """A tablet. Revoked, it reads nothing more and may still hand in; wiped, it has said its last word."""

    ACTIVE = "active", _("Aktif")
    REVOKED = "revoked", _("Dicabut, hanya menyerahkan")
    WIPED = "wiped", _("Sudah dihapus isinya")


DEVICE_MOVES: dict[str, frozenset[str]] = {
    DeviceState.ACTIVE: frozenset({DeviceState.REVOKED, DeviceState.WIPED}),
    DeviceState.REVOKED: frozenset({DeviceState.WIPED}),
    DeviceState.WIPED: frozenset(),
}


class KeyRole(TextChoices):
    """What a public key of the office is for."""

    SERVER = "server", _("Tanda tangan server")
    WORKER = "worker", _("Tanda tangan pemeriksa")
    CAPTURE = "capture", _("Segel rekaman")


class KeyState(TextChoices):
    """CURRENT is used now; OLD still opens or is still believed; RETIRED no longer."""

    CURRENT = "current", _("Dipakai")
    OLD = "old", _("Lama, masih dapat membuka")
    RETIRED = "retired", _("Ditarik")


KEY_MOVES: dict[str, frozenset[str]] = {
    KeyState.CURRENT: frozenset({KeyState.OLD}),
    KeyState.OLD: frozenset({KeyState.RETIRED}),
    KeyState.RETIRED: frozenset(),
}


class EventKind(TextChoices):
    """A fact that a tablet reports."""

    DEPARTED = "departed", _("Berangkat")
    ARRIVED = "arrived", _("Tiba")
    OUTCOME = "outcome", _("Hasil kunjungan")
    CONTACT_CORRECTED = "contact_corrected", _("Kontak diperbaiki")
    LOCATION_FIXED = "location_fixed", _("Lokasi diperbaiki")
    NOTE = "note", _("Catatan")
    MESSAGE_READ = "message_read", _("Pesan dibaca")
    WALK_IN = "walk_in", _("Warga lain di rumah yang sama")
    DAY_CLOSED = "day_closed", _("Hari ditutup")


class EventState(TextChoices):
    """What became of a reported fact. REVIEW waits for a person; the rest is final."""

    APPLIED = "applied", _("Diterima")
    REVIEW = "review", _("Perlu diperiksa")
    REVIEWED = "reviewed", _("Sudah diperiksa")
    REJECTED = "rejected", _("Ditolak")


EVENT_MOVES: dict[str, frozenset[str]] = {
    EventState.APPLIED: frozenset(),
    EventState.REVIEW: frozenset({EventState.REVIEWED}),
    EventState.REVIEWED: frozenset(),
    EventState.REJECTED: frozenset({EventState.REVIEWED}),
}


class CaptureStage(TextChoices):
    """A record at the office: all bytes here (STORED), opened and checked (then ACCEPTED or in REVIEW). What
    comes after ACCEPTED is the centre's, `OutboxState`."""

    INCOMPLETE = "incomplete", _("Belum lengkap")
    STORED = "stored", _("Tersimpan, menunggu diperiksa")
    REVIEW = "review", _("Perlu keputusan")
    ACCEPTED = "accepted", _("Diterima")
    SET_ASIDE = "set_aside", _("Disisihkan")


CAPTURE_MOVES: dict[str, frozenset[str]] = {
    CaptureStage.INCOMPLETE: frozenset({CaptureStage.STORED}),
    CaptureStage.STORED: frozenset({CaptureStage.REVIEW, CaptureStage.ACCEPTED}),
    CaptureStage.REVIEW: frozenset({CaptureStage.ACCEPTED, CaptureStage.SET_ASIDE, CaptureStage.STORED}),
    CaptureStage.ACCEPTED: frozenset(),
    CaptureStage.SET_ASIDE: frozenset({CaptureStage.REVIEW}),
}


class ReceiptKind(TextChoices):
    """STORED: all bytes are on our disk. VERIFIED: the worker opened them, and they hold."""

    STORED = "stored", _("Tersimpan")
    VERIFIED = "verified", _("Terperiksa")


class ReviewReason(TextChoices):
    """Why a person must look at a record."""

    VISIT_UNKNOWN = "visit_unknown", _("Kunjungan tidak dikenal")
    OTHER_TEAM = "other_team", _("Kunjungan milik tim lain")
    VISIT_CANCELLED = "visit_cancelled", _("Kunjungan sudah dibatalkan")
    DAY_OVER = "day_over", _("Disimpan sesudah hari kunjungannya")
    OUTCOME_DIFFERS = "outcome_differs", _("Petugas melaporkan hasil lain")
    NEED_RECORDED = "need_recorded", _("Warga sudah direkam")
    NEED_CLOSED = "need_closed", _("Antrean sudah ditutup")
    ANOTHER_CAPTURE = "another_capture", _("Ada rekaman lain untuk kunjungan yang sama")
    DEVICE_REVOKED = "device_revoked", _("Izin tablet sudah dicabut")
    OFFICER_UNKNOWN = "officer_unknown", _("Petugas tidak dikenal atau tidak aktif")
    KEY_UNKNOWN = "key_unknown", _("Kunci segel tidak dikenal")
    NOT_OPENED = "not_opened", _("Segel tidak dapat dibuka")
    BYTES_DIFFER = "bytes_differ", _("Isi berbeda dari daftar isi")
    FORM_INVALID = "form_invalid", _("Formulir tidak lengkap atau tidak cocok")
    HALF_RECORD = (
        "half_record",
        _("Baru terisi sebagian waktu izin tablet dicabut; warga ini perlu didatangi lagi"),
    )
    NIK_DIFFERS = "nik_differs", _("NIK berbeda dari data warga")
    BIOMETRIC_UNWANTED = (
        "biometric_unwanted",
        _("Ada foto wajah atau biometrik, padahal direkam dengan alat resmi"),
    )
    DEVICE_CHAIN = "device_chain", _("Tangkapan sidik jari atau mata tidak utuh atau bukan dari rekaman ini")
    PERSON_ERASED = "person_erased", _("Data warga sudah dihapus")


class OutboxState(TextChoices):
    """An accepted record on its way to the centre; sending is a door of its own. No tablet is told of these
    states, see `sync.capture_words`."""

    QUEUED = "queued", _("Menunggu dikirim ke pusat")


OUTBOX_MOVES: dict[str, frozenset[str]] = {OutboxState.QUEUED: frozenset()}
