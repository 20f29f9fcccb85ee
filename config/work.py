"""Cards of the admin's first page: what is to be done today, each with a link to its page.

A card needs the permission of its page; a page that does not exist in this process gives no card.
"""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.enums import NeedState, RequestState
from outreach.models import VisitRequest
from visits.enums import CaptureStage
from visits.models import CaptureState, EventStatus
from visits.records import record_lists
from visits.schedule.dispatch import home_board
from visits.wording import labels


@dataclass(frozen=True, kw_only=True)
class WorkCard:
    """One number of the day. `look` is "now" if something is to be done, "late" if it waits too long."""

    count: int
    label: str
    url: str
    hint: str = ""
    look: str = ""


def _reverse_or_empty(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def list_work_cards(request: HttpRequest) -> list[WorkCard]:
    today = home_board.count_work()
    sources = [
        ("outreach.view_visitrequest", _request_cards),
        ("visits.view_plan", _plan_cards),
        ("outreach.view_need", _review_cards),
        ("visits.view_teamday", _day_cards),
        ("visits.view_capture", _capture_cards),
        ("visits.view_eventstatus", _event_cards),
    ]
    cards: list[WorkCard] = []
    for permission, source in sources:
        if request.user.has_perm(permission):
            cards.extend(source(today))
    return [card for card in cards if card.url]


def _request_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    count = VisitRequest.objects.filter(state=RequestState.RECEIVED).count()
    return [
        WorkCard(
            count=count,
            label=_("Permohonan belum diperiksa"),
            url=_reverse_or_empty("admin:outreach_visitrequest_changelist"),
            hint=_("Setujui, tolak dengan alasan, atau gabungkan."),
            look="now" if count else "",
        )
    ]


def _plan_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    waiting = WorkCard(
        count=today.waiting,
        label=_("Warga menunggu jadwal"),
        url=_reverse_or_empty("admin:visits_plan_changelist"),
        hint=_("Yang terlama menunggu %(days)d hari.") % {"days": today.oldest_days} if today.waiting else "",
        look="now" if today.waiting else "",
    )
    running = [
        WorkCard(
            count=run.progress,
            label=_("persen: rencana %(days)s") % {"days": labels.format_days(run.first_date, run.last_date)},
            url=_reverse_or_empty("admin:visits_planrun_page", run.pk),
            hint=str(run.get_state_display()),
            look="now",
        )
        for run in today.runs
    ]
    drafts = [
        WorkCard(
            count=plan.figures.served,
            label=_("kunjungan dalam rancangan %(days)s")
            % {"days": labels.format_days(plan.run.first_date, plan.run.last_date)},
            url=_reverse_or_empty("admin:visits_plan_change", plan.pk),
            hint=_("Periksa, lalu terbitkan atau buang."),
            look="now",
        )
        for plan in today.drafts
    ]
    sessions = WorkCard(
        count=today.sessions_closed,
        label=_("Sesi desa pada hari kantor tutup"),
        url=_reverse_or_empty("admin:visits_plan_sessions") if today.sessions_closed else "",
        hint=_("Kabari desanya, lalu batalkan sesinya."),
        look="late",
    )
    return [waiting, *running, *drafts, sessions]


def _review_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    return [
        WorkCard(
            count=today.review,
            label=_("Warga perlu keputusan Anda"),
            url=(url := _reverse_or_empty("admin:outreach_need_changelist"))
            and f"{url}?keadaan={NeedState.REVIEW}",
            hint=_("Misalnya tiga kali tidak ditemui."),
            look="late" if today.review else "",
        )
    ]


def _describe_hear_by(day: date) -> str:
    """Until when the first of the families hears; that it is late, where it is."""
    late = day < timezone.localdate()
    text = (
        _("Terlambat: kabar dijanjikan paling lambat %(day)s.") if late else _("Kabar paling lambat %(day)s.")
    )
    return text % {"day": labels.format_day(day)}


def _day_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    hint = ngettext("%(count)d tim bertugas.", "%(count)d tim bertugas.", today.teams) % {
        "count": today.teams
    }
    return [
        WorkCard(
            count=today.stops,
            label=_("Kunjungan hari ini, %(done)d selesai") % {"done": today.finished},
            url=_reverse_or_empty("admin:visits_today"),
            hint=hint,
            look="now" if today.stops > today.finished else "",
        ),
        WorkCard(
            count=today.called_off,
            label=_("Kunjungan batal, keluarganya menunggu hari baru"),
            url=_reverse_or_empty("admin:visits_teamday_called_off") if today.called_off else "",
            hint=_describe_hear_by(today.hear_by) if today.hear_by else "",
            look="late",
        ),
        WorkCard(
            count=today.unheard,
            label=_("Kunjungan lewat hari tanpa kabar"),
            url=_reverse_or_empty("admin:visits_teamday_changelist") if today.unheard else "",
            hint=_("Minta tim mengirim isi tabletnya, atau kembalikan ke antrean."),
            look="late",
        ),
    ]


def _capture_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    count = CaptureState.objects.filter(stage=CaptureStage.REVIEW).count()
    return [
        WorkCard(
            count=count,
            label=_("Rekaman perlu diperiksa"),
            url=_reverse_or_empty("admin:visits_capture_changelist"),
            hint=_("Rekaman yang bertemu keadaan lain."),
            look="late" if count else "",
        )
    ]


def _event_cards(today: home_board.WorkCounts) -> list[WorkCard]:
    count = EventStatus.objects.filter(state__in=record_lists.LOOK_AT).count()
    return [
        WorkCard(
            count=count,
            label=_("Laporan tablet perlu diperiksa"),
            url=_reverse_or_empty("admin:visits_eventstatus_changelist"),
            hint=_("Misalnya kontak keluarga yang diperbaiki petugas."),
            look="now" if count else "",
        )
    ]
