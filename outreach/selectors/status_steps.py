"""The steps of a need on its family's status page, told from its rows of progress.

A row says what happened; what it means for the family depends on what came after it. An appointment that was
moved is replaced, one that was taken back is called off, one that the team came to is told by what came of
it, so that no two steps contradict one another and no date of a coming visit stands beside an old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import formats
from outreach.enums import ClosedReason, Milestone
from outreach.family_news import news
from outreach.models import Need, Progress
from outreach.selectors import flow
from outreach.selectors.flow import Stage
from outreach.selectors.promises import describe_promise

StepLook = Literal["done", "past", "now", "waiting", "todo", "failed"]
LONG_VISIT = timedelta(hours=3)  # after the arrival, and nothing was reported


@dataclass(frozen=True)
class StatusStep:
    """A step: its look, title, time, and sentences about it; `word` is its state where the look's is too
    general."""

    look: StepLook
    title: str
    when: str = ""
    texts: list[str] = field(default_factory=list)
    word: str = ""

    @property
    def state(self) -> str:
        """The state in words."""
        return (
            self.word
            or {
                "done": _("Sudah"),
                "past": _("Belum berhasil"),
                "now": _("Sekarang"),
                "waiting": _("Menunggu"),
                "todo": _("Nanti"),
                "failed": _("Ditutup"),
            }[self.look]
        )


def waiting_step(
    title: str,
    stage: Stage,
    *,
    since: datetime,
    asked: datetime | None = None,
    why: str = "",
    promise: str = "",
) -> StatusStep:
    """A waiting step: how long already (from the day asked, where given), why, what the office promised
    `since` when (or the `promise` that it gave this family), and how long it usually takes."""
    now = timezone.now()
    span = {"span": formats.format_waiting(asked or since, now=now)}
    age = _("Sudah menunggu %(span)s sejak permohonan.") if asked else _("Sudah menunggu %(span)s.")
    promise = promise or describe_promise(stage, since, now=now)
    texts = [age % span, why, promise, flow.describe_usual_wait(stage)]
    return StatusStep("waiting", title, texts=[text for text in texts if text])


# --- what is going on


def _schedule_wait(need: Need, row: Progress, asked: datetime) -> StatusStep:
    again = row.milestone != Milestone.ACCEPTED
    title = _("Menunggu jadwal baru") if again else _("Menunggu jadwal kunjungan")
    since = row.at if again else asked
    why = news().explain_no_date(need)
    if need.not_before and need.not_before > timezone.localdate():
        why = _("Sesuai permintaan, kunjungan paling cepat %(day)s.") % {
            "day": formats.format_long_date(need.not_before)
        }
        since = max(since, formats.begin_of_day(need.not_before))
    promise = _hear_by(row.latest, timezone.now()) if row.latest else ""  # it was called off before
    return waiting_step(title, Stage.PLANNED, since=since, asked=asked, why=why, promise=promise)


def _appointment(row: Progress, now: datetime) -> StatusStep:
    if row.earliest is None or row.latest is None:
        return StatusStep("now", _("Kunjungan dijadwalkan"), word=_("Terjadwal"))
    when = formats.format_interval(row.earliest, row.latest)
    expected = news().expect_arrival(row.need)
    if now > row.latest and (expected is None or expected < now):
        unheard = _(
            "Jamnya sudah lewat dan kabar dari petugas belum kami terima; di banyak tempat tidak ada sinyal. "
            "Bila petugas belum datang, %s"
        )
        return StatusStep("waiting", _("Menunggu kabar petugas"), when, [unheard % formats.format_contact()])
    day = timezone.localdate(row.earliest)
    ahead = (day - timezone.localdate(now)).days
    late = _("Petugas terlambat. Perkiraan tiba sekarang pukul %(time)s; mohon ditunggu.")
    delay = [late % {"time": formats.format_clock(expected)}] if expected else []
    return StatusStep(
        "now",
        _("Petugas datang %(day)s") % {"day": formats.format_day_and_month(day)},
        when,
        [
            *delay,
            _("Siapkan KK asli. Pastikan yang direkam ada di rumah. Perekaman sekitar setengah jam, gratis."),
            _("Jam bisa berubah. Lihat lagi halaman ini sebelum petugas datang.")
            if ahead <= 0
            else _("Jam bisa berubah. Lihat lagi sehari sebelumnya."),
        ],
        word={0: _("Hari ini"), 1: _("Besok")}.get(ahead, _("Terjadwal")),
    )


def _hear_by(latest: datetime, now: datetime) -> str:
    """Until when the family of a visit that was called off hears of another day; that it is late, where it is."""
    late = _("Kami berjanji memberi hari yang baru paling lambat %(date)s, dan itu terlambat. Maaf;")
    text = _("Hari dan jam yang baru muncul di halaman ini paling lambat %(date)s.")
    text = f"{late} {formats.format_contact()}" if now > latest else text
    return text % {"date": formats.format_long_date(timezone.localdate(latest))}


def _called_off(row: Progress, now: datetime) -> StatusStep:
    """The office cannot come as it said, and until when it says when it comes instead."""
    texts = [_("Petugas tidak jadi datang pada hari dan jam semula. Tidak perlu mengajukan lagi.")]
    if row.latest is not None:
        texts.append(_hear_by(row.latest, now))
    return StatusStep("waiting", _("Kunjungan batal, menunggu hari baru"), texts=texts)


def _on_the_way(row: Progress, now: datetime) -> StatusStep:
    expected = news().expect_arrival(row.need)
    ready = _("Siapkan KK asli.")
    texts = [
        _("Petugas berangkat ke rumah ini pukul %(time)s.") % {"time": formats.format_clock(row.at)},
        ready,
    ]
    when = ""
    if expected is not None and expected >= now:
        when = _("Perkiraan tiba pukul %(time)s") % {"time": formats.format_clock(expected)}
    elif expected is not None:
        late = _(
            "Perkiraan tibanya pukul %(time)s, dan petugas belum melapor tiba. Bila belum datang, %(contact)s"
        )
        texts[1] = late % {"time": formats.format_clock(expected), "contact": formats.format_contact()}
    return StatusStep("now", _("Petugas dalam perjalanan"), when, texts)


def _arrived(row: Progress, now: datetime) -> StatusStep:
    title, when = _("Petugas tiba di rumah"), formats.format_moment(row.at)
    if now - row.at <= LONG_VISIT:
        return StatusStep("now", title, when, [_("Siapkan KK asli.")])
    return StatusStep(
        "waiting", title, when, [_("Laporan hasilnya belum kami terima. Tidak perlu berbuat apa-apa.")]
    )


def _in_review(row: Progress) -> StatusStep:
    why = news().explain_in_vain(row) or _("Petugas kantor memeriksa dan memutuskan langkah berikutnya.")
    step = waiting_step(_("Sedang diperiksa kantor"), Stage.DECIDED, since=row.at, why=why)
    return replace(step, texts=step.texts[:-1])  # how long that usually takes is not known


def _current_step(need: Need, row: Progress, asked: datetime) -> StatusStep | None:
    """What the family waits for after the last row; None where nothing is expected."""
    now, milestone = timezone.now(), Milestone(row.milestone)
    if milestone in (Milestone.ACCEPTED, Milestone.UNPLANNED, Milestone.NOT_MET):
        return _schedule_wait(need, row, asked)
    if milestone == Milestone.CAPTURED:
        return waiting_step(_("Hasil rekaman sedang diperiksa kantor"), Stage.RECORDED, since=row.at)
    if milestone == Milestone.RECORDED:
        return waiting_step(_("Menunggu KTP-el dicetak"), Stage.CARD, since=row.at)
    if milestone == Milestone.CARD_PRINTED:
        return waiting_step(_("Menunggu KTP-el diantar"), Stage.DELIVERED, since=row.at)
    if milestone == Milestone.PLANNED:
        return _appointment(row, now)
    if milestone == Milestone.CALLED_OFF:
        return _called_off(row, now)
    if milestone == Milestone.ON_THE_WAY:
        return _on_the_way(row, now)
    if milestone == Milestone.ARRIVED:
        return _arrived(row, now)
    return _in_review(row) if milestone == Milestone.REVIEW else None


def _end_step(need: Need, row: Progress) -> StatusStep:
    texts = {
        ClosedReason.DELIVERED: _("KTP-el sudah diterima. Terima kasih."),
        ClosedReason.DECEASED: _("Permohonan ditutup. Kami turut berduka."),
        ClosedReason.MOVED: _("Orangnya sudah pindah; mintalah pelayanan di tempat tinggal yang baru."),
        ClosedReason.RECORDED_ELSEWHERE: _("Orangnya sudah direkam di tempat lain."),
        ClosedReason.CANCELLED: _("Permohonan dibatalkan. Bila masih perlu, ajukan lagi; gratis."),
        ClosedReason.AWAY: _("Orangnya sedang di luar daerah; perekaman bisa di Dispendukcapil mana pun."),
        ClosedReason.UNDONE: _("Permohonan diperiksa lagi oleh kantor."),
        ClosedReason.OTHER: _("Bila ada pertanyaan, %s") % formats.format_contact(),
    }
    reason = ClosedReason(need.closed_reason) if need.closed_reason else None
    told = [texts[reason]] if reason in texts else []
    if reason == ClosedReason.DELIVERED:
        return StatusStep("done", _("Permohonan selesai"), formats.format_moment(row.at), told)
    return StatusStep("failed", _("Permohonan ditutup"), formats.format_moment(row.at), told)


# --- what has been

DONE = {
    Milestone.ACCEPTED,
    Milestone.RECORDED,
    Milestone.CARD_PRINTED,
    Milestone.DELIVERED,
}
UNDER_WAY = (Milestone.PLANNED, Milestone.ON_THE_WAY, Milestone.ARRIVED, Milestone.REVIEW)


def _old_appointment(row: Progress, after: Sequence[Progress]) -> StatusStep | None:
    """An appointment that something came after: replaced by another, called off, or come to (then what came
    of it says so)."""
    if row.earliest is None or row.latest is None:
        return None
    title, when = _("Jadwal sebelumnya"), formats.format_interval(row.earliest, row.latest)
    if after[0].milestone not in (Milestone.PLANNED, Milestone.UNPLANNED, Milestone.CALLED_OFF):
        return None
    if any((later.earliest, later.latest) == (row.earliest, row.latest) for later in after):
        return None  # called off, and standing again as it was
    if any(later.milestone == Milestone.PLANNED for later in after):
        return StatusStep("past", title, when, word=_("Diganti jadwal baru"))
    if after[0].at <= row.latest:
        return StatusStep("past", title, when, word=_("Tidak jadi"))
    missed = _("Laporan kunjungan tidak kami terima. Bila petugas sebenarnya sudah datang, %s")
    return StatusStep("past", title, when, [missed % formats.format_contact()], word=_("Tidak jadi"))


def _past_step(row: Progress, after: Sequence[Progress]) -> StatusStep | None:
    milestone = Milestone(row.milestone)
    moment = formats.format_moment(row.at)
    if milestone == Milestone.CAPTURED:
        return StatusStep("done", _("Data direkam petugas"), moment)
    if milestone in DONE:
        return StatusStep("done", str(milestone.label), moment)
    if milestone == Milestone.PLANNED and after:
        return _old_appointment(row, after)
    if milestone == Milestone.NOT_MET:
        again = _("Kami carikan jadwal baru; tidak perlu mengajukan lagi.")
        texts = [news().explain_in_vain(row), *([again] if not after else [])]
        return StatusStep("past", _("Kunjungan petugas"), moment, [text for text in texts if text])
    if milestone == Milestone.REVIEW and after:
        return StatusStep("done", _("Diperiksa kantor"), moment)
    return None


AHEAD: list[tuple[str, frozenset[Milestone]]] = [
    ("checked", frozenset({Milestone.ACCEPTED})),
    ("visited", frozenset({Milestone.CAPTURED, Milestone.RECORDED})),
    ("printed", frozenset({Milestone.CARD_PRINTED, Milestone.DELIVERED})),
    ("delivered", frozenset({Milestone.DELIVERED})),
]


def coming_steps(reached: set[str], *, visit_told: bool = False) -> list[StatusStep]:
    """What is still to come. `visit_told`: the visit stands in a step of its own."""
    titles = {
        "checked": _("Permohonan diperiksa dan dijadwalkan"),
        "visited": _("Data direkam di rumah") if visit_told else _("Petugas datang dan merekam di rumah"),
        "printed": _("KTP-el dicetak"),
        "delivered": _("KTP-el diterima"),
    }
    return [StatusStep("todo", titles[name]) for name, milestones in AHEAD if not milestones & reached]


def describe_need_steps(
    need: Need, rows: Sequence[Progress], *, asked: datetime
) -> tuple[list[StatusStep], bool]:
    """All steps of a need, and whether nothing more is expected. `asked`: when this family asked."""
    last = rows[-1]
    past = [_past_step(row, rows[place + 1 :]) for place, row in enumerate(rows)]
    steps = [step for step in past if step is not None]
    if last.milestone == Milestone.CLOSED:
        return [*steps, _end_step(need, last)], True
    if last.milestone == Milestone.DELIVERED:
        return steps, True
    current = _current_step(need, last, asked)
    reached = {row.milestone for row in rows}
    coming = coming_steps(reached, visit_told=last.milestone in UNDER_WAY[:-1])
    return [*steps, *([current] if current else []), *coming], False
