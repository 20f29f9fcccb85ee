"""The content of the resident's status page: initials, village, and the steps of the request in plain words.

Read only from the request and the rows of `Progress`, to which `visits` reports.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import formats
from outreach.enums import ClosedReason, Milestone, RequestState
from outreach.models import Need, Progress, VisitRequest
from outreach.selectors import flow

StepLook = Literal["done", "past", "now", "waiting", "todo", "failed"]


@dataclass(frozen=True)
class StatusStep:
    """A step: its look, title, time, and sentences about it."""

    look: StepLook
    title: str
    when: str = ""
    texts: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The label of the look."""
        return {
            "done": _("Sudah"),
            "past": _("Sudah lewat"),
            "now": _("Sekarang"),
            "waiting": _("Menunggu"),
            "todo": _("Nanti"),
            "failed": _("Berhenti"),
        }[self.look]


@dataclass(frozen=True)
class RequestStatus:
    """The content of the page. `finished`: nothing more is expected."""

    reference: str
    initials: str
    village: str
    steps: list[StatusStep]
    finished: bool


def _waiting_step(title: str, since: datetime, begin: Milestone, end: Milestone, target: str) -> StatusStep:
    """A waiting step with its age, and the observed range of days, else the office's target."""
    low, high = settings.TARGET_DAYS[target]
    usual = flow.typical_wait(begin, end)
    if usual:
        text = _("Selama ini 8 dari 10 warga menunggu %(low)d sampai %(high)d hari.")
        if not usual.low:
            text = _("Selama ini 8 dari 10 warga menunggu paling lama %(high)d hari.")
        expect = text % {"low": usual.low, "high": usual.high}
    elif target == "card":
        expect = _(
            "Pencetakan menunggu server nasional: dari %(low)d hari sampai %(high)d hari. Kami pantau terus, "
            "dan kabar terbaru selalu ada di halaman ini."
        ) % {"low": low, "high": high}
    else:
        expect = _("Target kantor: %(low)d sampai %(high)d hari kerja.") % {"low": low, "high": high}
    age = _("Sudah menunggu %(span)s.") % {"span": formats.format_time_span(timezone.now() - since)}
    return StatusStep("waiting", title, texts=[age, expect])


def _appointment_steps(row: Progress, now: datetime) -> list[StatusStep]:
    if row.earliest is None or row.latest is None:
        return [StatusStep("now", _("Kunjungan dijadwalkan"))]
    when = formats.format_interval(row.earliest, row.latest)
    if now > row.latest + timedelta(hours=2):
        late = _(
            "Waktu kunjungan ini sudah lewat dan laporannya belum kami terima. Bila petugas belum datang, %s"
        )
        return [StatusStep("waiting", _("Menunggu laporan petugas"), when, [late % _contact_text()])]
    return [
        StatusStep(
            "now",
            _("Petugas akan datang"),
            when,
            [
                _("Siapkan KK asli. Pastikan warga ada di rumah. Perekaman sekitar setengah jam, gratis."),
                _(
                    "Jadwal dapat bergeser bila ada keadaan darurat; lihat lagi halaman ini sehari sebelumnya."
                ),
            ],
        )
    ]


def _contact_text() -> str:
    if settings.OFFICE_PHONE:
        return _("hubungi kantor di %(phone)s.") % {"phone": settings.OFFICE_PHONE}
    return _("hubungi kantor atau perangkat desa.")


def _card_wait_steps(row: Progress) -> list[StatusStep]:
    title = _("Menunggu KTP-el dicetak")
    return [_waiting_step(title, row.at, Milestone.RECORDED, Milestone.CARD_PRINTED, "card")]


def _schedule_wait_steps(row: Progress) -> list[StatusStep]:
    begin = Milestone(row.milestone)
    title = _("Menunggu jadwal kunjungan") if begin == Milestone.ACCEPTED else _("Menunggu jadwal baru")
    return [_waiting_step(title, row.at, begin, Milestone.PLANNED, "planned")]


def _end_steps(need: Need, row: Progress) -> list[StatusStep]:
    texts = {
        ClosedReason.DELIVERED: _("KTP-el sudah diterima. Terima kasih."),
        ClosedReason.DECEASED: _("Permohonan ditutup. Kami turut berduka."),
        ClosedReason.MOVED: _("Warga pindah; mintalah pelayanan di tempat tinggal yang baru."),
        ClosedReason.RECORDED_ELSEWHERE: _("Warga sudah direkam di tempat lain."),
        ClosedReason.CANCELLED: _("Permohonan dibatalkan. Bila masih perlu, ajukan lagi; gratis."),
        ClosedReason.AWAY: _("Warga sedang di luar daerah; perekaman bisa di Dispendukcapil mana pun."),
    }
    reason = ClosedReason(need.closed_reason) if need.closed_reason else None
    told = [texts[reason]] if reason in texts else []
    if reason == ClosedReason.DELIVERED:
        return [StatusStep("done", _("Permohonan selesai"), formats.format_moment(row.at), told)]
    return [StatusStep("failed", _("Permohonan ditutup"), formats.format_moment(row.at), told)]


def _current_steps(row: Progress, now: datetime) -> list[StatusStep]:
    """The steps after the last milestone."""
    milestone = Milestone(row.milestone)
    if milestone in (Milestone.ACCEPTED, Milestone.UNPLANNED, Milestone.NOT_MET):
        return _schedule_wait_steps(row)
    if milestone == Milestone.PLANNED:
        return _appointment_steps(row, now)
    if milestone in (Milestone.ON_THE_WAY, Milestone.ARRIVED):
        return [
            StatusStep("now", str(milestone.label), formats.format_moment(row.at), [_("Siapkan KK asli.")])
        ]
    if milestone == Milestone.CAPTURED:
        title = _("Menunggu berkas rekaman diperiksa")
        return [_waiting_step(title, row.at, Milestone.CAPTURED, Milestone.RECORDED, "recorded")]
    if milestone == Milestone.REVIEW:
        title = _("Sedang diperiksa koordinator")
        return [_waiting_step(title, row.at, Milestone.REVIEW, Milestone.PLANNED, "decided")]
    if milestone == Milestone.RECORDED:
        return _card_wait_steps(row)
    if milestone == Milestone.CARD_PRINTED:
        title = _("Menunggu KTP-el diantar")
        return [_waiting_step(title, row.at, Milestone.CARD_PRINTED, Milestone.DELIVERED, "delivered")]
    return []


PAST = (
    Milestone.ACCEPTED,
    Milestone.UNPLANNED,
    Milestone.NOT_MET,
    Milestone.CAPTURED,
    Milestone.REVIEW,
    Milestone.RECORDED,
    Milestone.CARD_PRINTED,
    Milestone.DELIVERED,
)


IN_VAIN = (Milestone.UNPLANNED, Milestone.NOT_MET, Milestone.REVIEW)


def _past_steps(rows: list[Progress]) -> list[StatusStep]:
    """Steps of past milestones. An appointment is past once something else came after it."""
    steps = []
    for place, row in enumerate(rows):
        milestone = Milestone(row.milestone)
        last = place == len(rows) - 1
        if milestone == Milestone.PLANNED and not last and row.earliest and row.latest:
            when = formats.format_interval(row.earliest, row.latest)
            steps.append(StatusStep("past", _("Kunjungan dijadwalkan"), when))
        elif milestone in PAST and not (milestone == Milestone.REVIEW and last):
            look: StepLook = "past" if milestone in IN_VAIN else "done"
            steps.append(StatusStep(look, str(milestone.label), formats.format_moment(row.at)))
    return steps


AHEAD: list[tuple[str, frozenset[Milestone]]] = [
    ("checked", frozenset({Milestone.ACCEPTED})),
    ("visited", frozenset({Milestone.CAPTURED, Milestone.RECORDED})),
    ("printed", frozenset({Milestone.CARD_PRINTED, Milestone.DELIVERED})),
    ("delivered", frozenset({Milestone.DELIVERED})),
]


def _coming_steps(reached: set[str]) -> list[StatusStep]:
    titles = {
        "checked": _("Permohonan diperiksa dan dijadwalkan"),
        "visited": _("Petugas datang dan merekam di rumah"),
        "printed": _("KTP-el dicetak"),
        "delivered": _("KTP-el diantar sampai diterima"),
    }
    return [StatusStep("todo", titles[name]) for name, milestones in AHEAD if not milestones & reached]


def _need_steps(need: Need, rows: list[Progress]) -> tuple[list[StatusStep], bool]:
    last = rows[-1]
    if last.milestone == Milestone.CLOSED:
        return [*_past_steps(rows[:-1]), *_end_steps(need, last)], True
    steps = [*_past_steps(rows), *_current_steps(last, timezone.now())]
    finished = last.milestone == Milestone.DELIVERED
    return [*steps, *([] if finished else _coming_steps({row.milestone for row in rows}))], finished


def describe_status(request: VisitRequest) -> RequestStatus:
    """The status of a request, as its page shows it."""
    steps = [StatusStep("done", _("Permohonan diterima"), formats.format_moment(request.received_at))]
    finished = False
    rows = list(request.need.progress.all()) if request.need else []
    if rows and request.need:
        more, finished = _need_steps(request.need, rows)
        steps += more
    elif request.state == RequestState.REFUSED:
        texts = [request.refusal_reason, _("Bila ada pertanyaan, %s") % _contact_text()]
        when = formats.format_moment(request.decided_at) if request.decided_at else ""
        steps.append(
            StatusStep("failed", _("Tidak dapat dilayani di rumah"), when, [text for text in texts if text])
        )
        finished = True
    elif request.state == RequestState.CANCELLED:
        steps.append(
            StatusStep(
                "failed", _("Permohonan dibatalkan"), texts=[_("Bila masih perlu, ajukan lagi; gratis.")]
            )
        )
        finished = True
    else:
        title = _("Menunggu diperiksa petugas kantor")
        steps.append(
            _waiting_step(title, request.received_at, Milestone.RECEIVED, Milestone.ACCEPTED, "decided")
        )
        steps += _coming_steps({Milestone.ACCEPTED})
    return RequestStatus(
        reference=request.reference,
        initials=formats.format_initials(request.name),
        village=request.village.name,
        steps=steps,
        finished=finished,
    )
