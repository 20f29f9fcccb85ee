"""Labels and formats: the planner's codes, days, times and durations in the words of the office's pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.enums import ResidentKind, Skill, Urgency
from visits.lib.plan_summary import PlanSummary
from visits.models import Shift

Shifts = Mapping[int, Shift]


def format_day(on: date) -> str:
    """A date as "Selasa, 1 Desember 2026"."""
    return formats.date_format(on, "l, j F Y")


def format_short_day(on: date) -> str:
    """A date as "Sel 1 Des"."""
    return formats.date_format(on, "D j M")


def format_percent(share: float) -> str:
    """A share (0..1) as "98%"; in Indonesian no space stands before the sign."""
    return _("%(n)s%%") % {"n": formats.number_format(round(100 * share), use_l10n=True)}


def format_seconds_of_day(seconds: int) -> str:
    """Seconds since midnight as "09.10", rounded down to the minute."""
    return f"{seconds // 3600:02d}.{seconds % 3600 // 60:02d}"


def format_local_clock(at: datetime) -> str:
    """A moment as "09.10", local time."""
    return formats.date_format(timezone.localtime(at), "H.i")


def format_clocks(since: datetime, until: datetime) -> str:
    """09.10–10.00"""
    return f"{format_local_clock(since)}–{format_local_clock(until)}"


def format_hours(starts: time, ends: time, breaks: Iterable[Sequence[str]]) -> str:
    """Hours of work as "08.00–15.00, istirahat 12.00–12.30"."""
    told = f"{starts:%H.%M}–{ends:%H.%M}"
    pauses = ", ".join(f"{begin}–{end}".replace(":", ".") for begin, end in breaks)
    return _("%(hours)s, istirahat %(pauses)s") % {"hours": told, "pauses": pauses} if pauses else told


def describe_obstacles(codes: Iterable[str]) -> str:
    """What stands in the way of a published visit, by the codes of `dispatch.touched_visits.Obstacle`."""
    texts = {
        "closed": _("kantor tutup pada hari itu"),
        "cancelled": _("hari tugas timnya dibatalkan"),
        "inactive": _("timnya tidak aktif lagi"),
        "unmanned": _("tidak ada petugas lagi di timnya"),
        "early": _("tim mulai lebih siang"),
        "late": _("tim selesai lebih awal"),
        "break": _("jatuh pada jam istirahat tim"),
        "skill": _("tim tidak punya alat atau petugas yang diperlukan"),
        "room": _("tim mengunjungi lebih sedikit rumah hari itu"),
        "delayed": _("tim baru bisa sampai sesudah jam itu"),
    }
    return "; ".join(texts[code] for code in codes)


def format_duration(seconds: int) -> str:
    """Seconds as "2 jam 5 mnt"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d mnt") % {"minutes": minutes}
    return _("%(hours)d jam %(minutes)02d mnt") % {"hours": minutes // 60, "minutes": minutes % 60}


def format_timedelta(span: timedelta) -> str:
    """A timedelta as "2 jam 5 mnt"."""
    return format_duration(int(span.total_seconds()))


def describe_part(row: Mapping[str, Any]) -> str:
    """The label of one part of a priority, without its points."""
    count = row.get("count")
    special = {
        "waiting": _("menunggu %(count)s hari"),
        "attempt": _("sudah %(count)s kali dikunjungi"),
        "deadline": _("batas waktu %(count)s hari lagi"),
        "longest_wait": _("didahulukan: menunggu melewati batas (%(count)s hari)"),
        "due": _("didahulukan: batas waktunya jatuh dalam rencana atau sudah lewat"),
        "delivery": _("antar KTP-el"),
        "village": _("desanya kurang dikunjungi %(count)s minggu terakhir"),
        "promise": _("sudah dijanjikan, timnya berhalangan"),
    }
    code = row["code"]
    if code == "deadline" and count is not None and count < 0:
        return _("batas waktu sudah lewat %(count)s hari") % {"count": -count}
    if code in special:
        return special[code] % {"count": count}
    for choices in (ResidentKind, Urgency):
        if code in choices.values:
            return str(choices(code).label).partition(" (")[0].lower()
    return str(code)


def describe_parts(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """Label and points of each part, the largest first."""
    found = [(describe_part(row), float(row["points"])) for row in rows]
    return sorted(found, key=lambda pair: -pair[1])


def describe_skills(text: str) -> str:
    """The labels of comma-separated skill codes ("iris,ramp")."""
    labels = [str(Skill(code).label) if code in Skill.values else code for code in text.split(",") if code]
    return ", ".join(labels)


def describe_team_day(shift: str | int | None, shifts: Shifts) -> str:
    """A team-day as "Tim 2 Sel 1 Des"."""
    found = shifts.get(int(shift)) if shift else None
    if found is None:
        return _("tim lain")
    return f"{found.team.name} {format_short_day(found.date)}"


def describe_run_message(code: str) -> str:
    """The text of a run's message code: what happened and what to do."""
    texts = {
        "": "",
        "compiling": _("Menyiapkan mesin hitung. Hanya sekali setelah pemasangan, sekitar setengah menit."),
        "roads": _(
            "Waktu jalan tidak dari peta jalan yang diatur; sebabnya ada di halaman rencana. Perhitungan berjalan terus."
        ),
        "interrupted": _("Program penghitung berhenti di tengah jalan. Dicoba lagi dalam satu menit."),
        "too_often": _(
            "Program penghitung berhenti tiga kali di tengah jalan. Hubungi pengelola sistem, lalu mulai lagi."
        ),
        "no_shifts": _("Tidak ada tim yang bertugas pada hari-hari ini. Buat hari tugas tim dulu."),
        "no_needs": _("Tidak ada warga yang menunggu jadwal. Periksa permohonan yang masuk."),
        "error": _(
            "Perhitungan tidak selesai karena kesalahan program. Mulai lagi; bila terulang, hubungi pengelola."
        ),
    }
    return texts.get(code, code)


def describe_dropped(code: str) -> str:
    """Why a planned stop is left out when the plan is published."""
    texts = {
        "closed": _("antreannya sudah ditutup"),
        "captured": _("sudah direkam"),
        "recorded": _("sudah direkam"),
        "review": _("menunggu keputusan koordinator"),
        "away": _("warga di luar daerah"),
        "elsewhere": _("sudah dijadwalkan di hari lain"),
        "changed": _("keadaannya berubah"),
    }
    return texts.get(code, _("keadaannya berubah"))


def describe_refusal(code: str, shift: Shift) -> str:
    """Why a plan cannot be published, and what to do."""
    place = {"team": shift.team.name, "day": format_day(shift.date)}
    texts = {
        "newer": _(
            "%(team)s, %(day)s: jadwal yang lebih baru sudah terbit setelah rencana ini dihitung. "
            "Buat rencana baru."
        ),
        "begun": _("%(team)s, %(day)s: tim sudah berangkat. Buat rencana baru mulai hari berikutnya."),
        "old": _(
            "%(team)s, %(day)s: hitungan ini sudah lebih dari 20 menit, tim sudah di tempat lain. "
            "Hitung lagi sisa hari ini."
        ),
        "over": _("%(team)s, %(day)s: harinya sudah lewat. Buat rencana baru untuk hari berikutnya."),
        "moved_on": _(
            "%(team)s, %(day)s: tim sudah menuju rumah yang hendak dipindah ke tim lain. Hitung lagi sisa hari ini."
        ),
        "cancelled": _(
            "%(team)s, %(day)s: hari tugas tim dibatalkan, timnya tidak aktif lagi, atau harinya ditutup setelah "
            "rencana ini dihitung. "
            "Buat rencana baru."
        ),
    }
    return texts[code] % place


def describe_untrue_hours(code: str) -> str:
    """Why hours that a draft would tell a family are not true."""
    texts = {
        "outside_shift": _("jamnya di luar jam kerja tim"),
        "in_break": _("jamnya melewati jam istirahat tim"),
        "too_soon": _("jamnya mulai sebelum tim bisa sampai"),
        "missed": _("tim diperkirakan datang di luar jam itu"),
        "short": _("rentang jamnya terlalu sempit"),
        "backwards": _("jamnya mulai lebih awal daripada rumah sebelumnya"),
    }
    return texts[code]


def describe_outdated_stop(code: str) -> str:
    """What of a family changed since a draft was computed, so that its stop there no longer fits."""
    texts = {
        "dates": _("tanggal itu tidak lagi cocok untuk keluarga ini"),
        "hours": _("jam itu tidak lagi cocok untuk keluarga ini"),
        "skills": _("tim itu tidak punya alat atau petugas yang sekarang diperlukan"),
        "home": _("letak rumahnya berubah, jadi waktu jalannya lain"),
    }
    return texts[code]


def describe_unsuited_visit(code: str) -> str:
    """What of its family a published visit no longer suits, and what to do."""
    texts = {
        "dates": _("harinya tidak cocok lagi dengan yang diminta keluarga."),
        "hours": _("jamnya tidak cocok lagi dengan yang diminta keluarga."),
        "skills": _("tim itu tidak membawa semua yang dibutuhkan sekarang."),
        "home": _("jamnya dihitung dari letak rumah yang lama; keluarga sesudahnya bisa ikut terlambat."),
    }
    return f"{texts[code]} {_('Pindahkan, keluarkan dari jadwal, atau rencanakan lagi hari itu.')}"


def describe_session_day(code: str) -> str:
    """Why a village session cannot be held on a day, and what to do."""
    texts = {
        "past": _("Tanggal sesi harus sesudah hari ini. Pilih tanggal lain."),
        "far": _("Tanggal sesi lebih dari setahun lagi. Periksa tahunnya."),
        "closed": _("Hari itu kantor tutup. Pilih hari kerja, atau buka harinya di kalender."),
    }
    return texts[code]


def format_visit_count(count: int) -> str:
    """ "3 kunjungan"."""
    return ngettext("%(count)d kunjungan", "%(count)d kunjungan", count) % {"count": count}


def format_days(first: date, last: date) -> str:
    """A range of days as "1–7 Desember 2026", or a single day in full."""
    if first == last:
        return format_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{formats.date_format(last, 'j F Y')}"
    if first.year == last.year:
        return f"{formats.date_format(first, 'j F')} – {formats.date_format(last, 'j F Y')}"
    return f"{formats.date_format(first, 'j F Y')} – {formats.date_format(last, 'j F Y')}"


def format_exact_duration(seconds: int) -> str:
    """Seconds as "1 mnt 05 dtk"."""
    if seconds < 60:
        return _("%(seconds)d dtk") % {"seconds": seconds}
    return _("%(minutes)d mnt %(seconds)02d dtk") % {"minutes": seconds // 60, "seconds": seconds % 60}


def describe_cuts(summary: PlanSummary) -> list[str]:
    """What there was no time for when the plan was computed."""
    sentences = {
        "first": _(
            "Waktu hitung habis sebelum rencana awal selesai: masih ada tempat yang belum diisi. Hitung lagi dengan waktu lebih lama."
        ),
        "search": _(
            "Waktu hitung hanya cukup untuk rencana awal; perbaikannya belum sempat dicari. Hitung lagi dengan waktu lebih lama."
        ),
    }
    found = [sentences[code] for code in summary.cut if code in sentences]
    if summary.unexplained:
        found.append(
            ngettext(
                "Untuk %(n)d warga sebabnya belum dicari karena waktu hitung habis; sebabnya tampak saat keperluannya dibuka.",
                "Untuk %(n)d warga sebabnya belum dicari karena waktu hitung habis; sebabnya tampak saat keperluannya dibuka.",
                summary.unexplained,
            )
            % {"n": summary.unexplained}
        )
    return found


def describe_figures(summary: PlanSummary) -> dict[str, Any]:
    """What a plan's page derives of its figures: homes of a team a day, the drive to each, how long it took."""
    served, team_days = summary.served, len(summary.team_days)
    return {
        "per_team_day": served / team_days if team_days else 0,
        "drive_per_visit": format_duration(round(summary.travel_s / served)) if served else "–",
        "elapsed": format_exact_duration(round(summary.elapsed_s)),
    }
