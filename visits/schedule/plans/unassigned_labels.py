"""Reasons for leaving a need unassigned, in words: for the office, and to be read to the family on the
telephone.

The office reads what would have to give way and what that costs; the family hears the nearest possibility,
without names, points, or promises that cannot be kept. Other residents are initials and a village.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from visits.wording import labels
from visits.wording.labels import Shifts

Row = Mapping[str, Any]
Names = Mapping[str, str]
WORTH_SAYING = 60  # seconds
UNEXPLAINED = "kosong"  # how addresses name needs for which nobody looked why they are left
DAYS_SAID = 12  # team-days that are named for each reason


def reason_title(code: str) -> str:
    """A reason in a few words, to count and to filter by."""
    titles = {
        "no_shift": _("Tidak ada hari yang cocok"),
        "skill": _("Kelengkapan tim kurang"),
        "full": _("Jatah kunjungan tim nol"),
        "window": _("Jam yang cocok terlalu sempit"),
        "window_break": _("Jam yang cocok jatuh pada istirahat tim"),
        "break": _("Terpotong istirahat tim"),
        "reserve": _("Hari tim penuh sampai selesai jam tugas"),
        "long": _("Kunjungan terlalu lama untuk jam tugas"),
        "midnight": _("Jam tugas terlalu dekat tengah malam"),
        "far": _("Terlalu jauh untuk satu hari"),
        "pushes": _("Belum kebagian tempat"),
        "worth": _("Waktu jalan tidak sepadan"),
        "by_hand": _("Dikeluarkan koordinator"),
        "hours": _("Jam kedatangan tidak pasti"),
        "": _("Belum dijelaskan"),
    }
    return titles.get(code, _("Alasan lain"))


# --- for the office


def describe_for_office(row: Row, *, shifts: Shifts, names: Names) -> str:
    """What would have to give way, and its price. `names` are the others', by need."""
    if row["code"].startswith("lock_") or row["code"] == "failed":
        return _describe_broken(row, shifts)
    if row["code"] == "hours":
        return _describe_constraint("hours", row)
    blocks = [
        _describe_constraint(code, row)
        for code in row.get("relax", [row["code"]] if "shift" not in row else [])
    ]
    if "shift" not in row:
        return " ".join(blocks) if row["code"] != "far" else _describe_beyond()
    place = {"place": _describe_place(row, shifts), "price": _describe_price(row, names)}
    if blocks:
        return _("%(blocks)s Paling dekat: %(place)s%(price)s.") % {"blocks": " ".join(blocks), **place}
    if row["code"] == "worth":
        return _(
            "Masih muat di %(place)s, tetapi tambahan jalannya (%(minutes)s) lebih berat daripada prioritasnya."
        ) % {**place, "minutes": labels.format_duration(int(row.get("seconds") or 0))}
    return _("Muat di %(place)s%(price)s.") % place


def describe_team_days(row: Row, *, shifts: Shifts) -> list[str]:
    """Every team-day with what stands in the way there: "Kelengkapan tim kurang: Tim 2 Sel 1 Des, ..."."""
    return [
        _("%(blocks)s: %(days)s")
        % {
            "blocks": " + ".join(reason_title(code) for code in group["codes"]),
            "days": _name_days(group["shifts"], shifts),
        }
        for group in row.get("each", ())
    ]


def _name_days(found: Sequence[str], shifts: Shifts) -> str:
    """Team-days in words, and how many more there are."""
    said = ", ".join(labels.describe_team_day(shift, shifts) for shift in found[:DAYS_SAID])
    more = len(found) - DAYS_SAID
    return _("%(days)s, dan %(n)d hari tim lain") % {"days": said, "n": more} if more > 0 else said


def _describe_constraint(code: str, row: Row) -> str:
    """One hard block, and what the office can do about it."""
    sentences = {
        "by_hand": _("Koordinator mengeluarkan kunjungan ini dari rancangan."),
        "hours": _(
            "Tidak ada jam yang pasti untuk keluarga ini dalam jam kerja tim: hari itu terlalu penuh."
        ),
        "no_shift": _("Tidak ada tim pada hari yang cocok: tambah hari tugas tim atau tanyakan hari lain."),
        "skill": _("Tidak ada tim dengan %(skills)s pada hari yang cocok: lengkapi tim."),
        "full": _("Tim diatur tidak menerima kunjungan: naikkan jumlah kunjungan tim."),
        "window": _("Jam yang cocok tidak cukup dalam jam kerja tim: tanyakan jam lain."),
        "window_break": _(
            "Jam yang cocok jatuh pada istirahat tim: tanyakan jam lain, atau geser istirahat tim."
        ),
        "break": _(
            "Kunjungan ini terlalu lama untuk jam sebelum atau sesudah istirahat tim: geser istirahat tim."
        ),
        "reserve": _(
            "Hari tim sudah penuh sampai selesai jam tugas: kurang %(over)s cadangan bila kunjungan lebih lama dari perkiraan. Perpanjang jam tim."
        ),
        "long": _(
            "Kunjungan ini terlalu lama untuk jam tugas tim: kurang %(over)s. Perpanjang jam tim, atau periksa lama kunjungan."
        ),
        "midnight": _(
            "Jam tugas tim terlalu dekat tengah malam: tim baru pulang hari berikutnya. Mulai jam tugas %(over)s lebih awal."
        ),
        "far": _(
            "Terlalu jauh: hari tim kurang %(over)s untuk pulang tepat waktu. Perpanjang jam tim atau berangkat dari titik lebih dekat."
        ),
    }
    return sentences.get(code, _("Alasan tidak dikenal.")) % {
        "skills": labels.describe_skills(str(row.get("detail", ""))).lower(),
        "over": labels.format_duration(max(60, int(row.get("over") or 0))),
    }


def _describe_beyond() -> str:
    return _(
        "Tidak ada tim yang dapat sampai dan selesai dalam sehari: periksa letak rumah dan lama kunjungan."
    )


def _describe_place(row: Row, shifts: Shifts) -> str:
    """Tim 2 Sel 1 Des pukul 10.40."""
    day = labels.describe_team_day(row.get("shift"), shifts)
    return (
        _("%(day)s pukul %(clock)s") % {"day": day, "clock": labels.format_seconds_of_day(int(row["at"]))}
        if "at" in row
        else day
    )


def _describe_price(row: Row, names: Names) -> str:
    """Who would be put off and what it costs, after the place; empty where nobody is."""
    others = [names.get(need, "?") for need in row.get("needs", [])]
    said = []
    if others:
        points = formats.number_format(round(float(row.get("points") or 0)))
        said.append(
            _("bila %(others)s ditunda (prioritas %(points)s)")
            % {"others": ", ".join(others), "points": points}
        )
    if row.get("promised"):
        said.append(
            _("%(count)s di antaranya sudah dijanjikan atau didahulukan") % {"count": row["promised"]}
        )
    if int(row.get("seconds") or 0) >= WORTH_SAYING:
        said.append(
            _("tambahan jalan %(minutes)s") % {"minutes": labels.format_duration(int(row["seconds"]))}
        )
    if int(row.get("later") or 0) >= WORTH_SAYING:
        said.append(
            _("rumah lain mundur paling lama %(minutes)s")
            % {"minutes": labels.format_duration(int(row["later"]))}
        )
    return "".join((" " if index == 0 else "; ") + text for index, text in enumerate(said))


def _describe_broken(row: Row, shifts: Shifts) -> str:
    """Why a promise cannot be kept."""
    sentences = {
        "lock_date": _("Tanggal %(team_day)s tidak lagi cocok untuk warga ini."),
        "lock_skill": _("%(team_day)s tidak lagi punya: %(skills)s."),
        "lock_full": _("%(team_day)s tidak lagi menerima kunjungan sebanyak itu."),
        "lock_window": _("Jam yang dijanjikan tidak lagi masuk jam kerja %(team_day)s."),
        "lock_window_break": _("Jam yang dijanjikan jatuh pada istirahat %(team_day)s."),
        "lock_break": _("Kunjungan terlalu lama untuk jam sebelum atau sesudah istirahat %(team_day)s."),
        "lock_long": _("Kunjungan terlalu lama untuk jam kerja %(team_day)s."),
        "lock_midnight": _("Jam kerja %(team_day)s terlalu dekat tengah malam untuk kunjungan ini."),
        "lock_far": _("Terlalu jauh untuk jam kerja %(team_day)s."),
        "failed": _("%(team_day)s tidak bertugas lagi."),
        "lock_clash": _("Janji di %(team_day)s saling bertabrakan."),
    }
    return sentences.get(row["code"], _("Alasan tidak dikenal.")) % {
        "team_day": labels.describe_team_day(row.get("shift"), shifts),
        "skills": labels.describe_skills(str(row.get("detail", ""))),
    }


# --- for the family


def describe_for_family(row: Row, *, shifts: Shifts, names_place: bool = True) -> str:
    """What can honestly be said on the telephone: where it is nearest, and what stands before it.

    Without `names_place` only what stands in the way: a place that nobody holds is gone when a page is read later.
    """
    opening = _("Belum kebagian jadwal.")
    closing = _("Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya.")
    shift = shifts.get(int(row["shift"])) if row.get("shift") else None
    if shift is None or "at" not in row:
        far = row["code"] == "far"
        nobody = (
            _("Rumahnya terlalu jauh untuk perjalanan tim sehari.")
            if far
            else _("Belum ada tim yang bertugas.")
        )
        nobody = "" if "shift" in row or row["code"] == "by_hand" else nobody
        return " ".join(text for text in (opening, nobody, closing) if text)
    near = _("%(team)s, %(day)s sekitar pukul %(clock)s") % {
        "team": shift.team.name,
        "day": labels.format_day(shift.date),
        "clock": labels.format_seconds_of_day(int(row["at"]) // 300 * 300),
    }
    blocks = [_constraint_for_family(code, row) for code in row.get("relax", ())]
    blocked = _("Belum kebagian jadwal: %s.") % _(", dan ").join(blocks) if blocks else ""
    if not names_place:
        return f"{blocked or opening} {closing}"
    if blocked:
        return f"{blocked} {_nearest_for_family(row, near)} {closing}"
    if row["code"] == "worth":
        middle = _(
            "%(near)s masih muat, tetapi perjalanannya terlalu jauh untuk satu kunjungan; "
            "kami cari waktu bersama rumah lain di sekitar."
        )
        return f"{opening} {middle % {'near': near}} {closing}"
    middle = _("Paling dekat %(near)s, tetapi untuk itu %(others)s.")
    return f"{opening} {middle % {'near': near, 'others': _count_others(row)}} {closing}"


def _constraint_for_family(code: str, row: Row) -> str:
    """One hard block as the family hears it."""
    sentences = {
        "no_shift": _("belum ada tim yang bertugas pada hari yang Bapak/Ibu pilih"),
        "skill": _("belum ada tim dengan %(skills)s pada hari yang cocok"),
        "full": _("tim pada hari itu belum menerima kunjungan"),
        "window": _("jam yang Bapak/Ibu pilih tidak cukup dalam jam kerja tim"),
        "window_break": _("jam yang Bapak/Ibu pilih jatuh pada istirahat tim"),
        "break": _("kunjungannya terlalu lama untuk jam sebelum atau sesudah istirahat tim"),
        "reserve": _("hari tim sudah penuh sampai selesai jam tugas"),
        "long": _("kunjungannya terlalu lama untuk jam kerja tim sehari"),
        "midnight": _("jam kerja tim terlalu dekat tengah malam untuk kunjungan ini"),
        "far": _("rumahnya terlalu jauh untuk jam kerja tim sehari"),
    }
    return sentences[code] % {"skills": labels.describe_skills(str(row.get("detail", ""))).lower()}


def _nearest_for_family(row: Row, near: str) -> str:
    """The nearest possibility once the blocks are gone, as a question where the family can help."""
    ours = {"no_shift": _("hari lain"), "window": _("jam lain"), "window_break": _("jam lain")}
    asked = [ours[code] for code in row["relax"] if code in ours]
    others = f" {_('(untuk itu %s)') % _count_others(row)}" if row.get("needs") else ""
    if len(asked) == len(row["relax"]):
        return _("Bila %(asked)s bisa, paling dekat %(near)s%(others)s.") % {
            "asked": _(" dan ").join(asked),
            "near": near,
            "others": others,
        }
    return _("Kantor sedang mengusahakannya; bila teratasi, paling dekat %(near)s.") % {"near": near}


def _count_others(row: Row) -> str:
    """dua keluarga lain harus mundur."""
    count = len(row.get("needs", []))
    spoken = (_("satu"), _("dua"), _("tiga"), _("empat"), _("lima"), _("enam"))
    text = {"count": spoken[count - 1] if 0 < count <= len(spoken) else str(count)}
    if row.get("promised"):
        return _("%(count)s keluarga lain yang sudah dijanjikan atau didahulukan harus mundur") % text
    return _("%(count)s keluarga lain harus mundur") % text
