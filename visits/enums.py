"""Words of the visits side, with the states of runs, plans and visits and how they may change."""

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
    RunState.RUNNING: frozenset({RunState.DONE, RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED}),
    RunState.INTERRUPTED: frozenset({RunState.QUEUED, RunState.RUNNING, RunState.FAILED}),
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.STOPPED: frozenset(),
    RunState.DONE: frozenset(),
}


class PlanState(TextChoices):
    DRAFT = "draft", _("Rancangan")
    PUBLISHED = "published", _("Terbit")
    DISCARDED = "discarded", _("Dibuang")


PLAN_MOVES: dict[str, frozenset[str]] = {
    PlanState.DRAFT: frozenset({PlanState.PUBLISHED, PlanState.DISCARDED}),
    PlanState.PUBLISHED: frozenset(),
    PlanState.DISCARDED: frozenset(),
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
