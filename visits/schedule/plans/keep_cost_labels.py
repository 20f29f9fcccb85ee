"""The cost of keeping a visit in place, in the coordinator's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.planning.week import keep_cost
from visits.planning.week.keep_cost import KeepCost
from visits.wording import labels

Names = Mapping[str, str]
LATER_S = 5 * 60  # worth saying


@dataclass(frozen=True, kw_only=True)
class KeepCostLabel:
    """`can` says that the draft can be changed so, at no other family's expense."""

    title: str
    text: str
    can: bool


def describe_keep_cost(kept: KeepCost, what: str, names: Names) -> KeepCostLabel:
    """`what` is the change: shifted, moved or cancelled; `names` are the others', by need."""
    return KeepCostLabel(
        title=_describe_title(kept, what),
        text=_describe_price(kept, names),
        can=bool(kept.order),
    )


def _describe_title(kept: KeepCost, what: str) -> str:
    """The answer in a few words."""
    if kept.code in (keep_cost.BLOCKED, keep_cost.LATE):
        return _("Tidak bisa tetap")
    if kept.code == keep_cost.FREE:
        return _("Bisa tetap pada jam semula") if what == "shifted" else _("Bisa tetap di tempat semula")
    return _("Bisa tetap, dengan dampak") if kept.order else _("Tetap bila ada yang mengalah")


def _describe_price(kept: KeepCost, names: Names) -> str:
    """Tambahan jalan 12 mnt; nilai rencana turun 4; jam keluarga lain tidak berubah."""
    if kept.code == keep_cost.BLOCKED:
        return " ".join(_describe_constraints(kept))
    if kept.told is not None:
        since, until = (labels.format_seconds_of_day(at) for at in kept.told)
        text = _("Menurut simulasi hari itu, tim baru tiba antara %(since)s dan %(until)s.")
        return text % {"since": since, "until": until}
    said = [_describe_travel(kept.added_s)]
    if kept.out:
        said.insert(0, _describe_displaced(kept, names))
        if kept.points < 0:  # it has no place now
            text = _("prioritas keluarga ini sendiri %(points)s")
            said.append(text % {"points": formats.number_format(round(-kept.points))})
    elif round(kept.points):
        text = _("nilai rencana turun %(points)s") if kept.points > 0 else _("nilai rencana naik %(points)s")
        said.append(text % {"points": formats.number_format(abs(round(kept.points)))})
    if kept.later_s >= LATER_S:
        said.append(
            _("tim pulang %(minutes)s lebih lambat, masih dalam jam kerja")
            % {"minutes": labels.format_duration(kept.later_s)}
        )
    if kept.shifted:
        others = ngettext(
            "jam %(others)s bergeser lebih dari %(minutes)d menit",
            "jam %(others)s bergeser lebih dari %(minutes)d menit",
            len(kept.shifted),
        )
        said.append(others % {"others": _join_names(kept.shifted, names), "minutes": settings.NEWS_MINUTES})
    elif not kept.out:
        said.append(_("jam keluarga lain tidak berubah"))
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _describe_travel(added_s: int) -> str:
    if abs(added_s) < keep_cost.NO_TRAVEL_S:
        return _("tanpa tambahan jalan")
    text = _("jalan bertambah %(minutes)s") if added_s > 0 else _("jalan berkurang %(minutes)s")
    return text % {"minutes": labels.format_duration(abs(added_s))}


def _describe_displaced(kept: KeepCost, names: Names) -> str:
    text = _("%(others)s harus ditunda (prioritas %(points)s)") % {
        "others": _join_names(kept.out, names),
        "points": formats.number_format(round(kept.worth)),
    }
    if kept.promised:
        text += _(", %(count)s di antaranya sudah dijanjikan atau didahulukan") % {"count": kept.promised}
    return text


def _join_names(needs: tuple[str, ...], names: Names) -> str:
    return ", ".join(names.get(need, "?") for need in needs)


def _describe_constraints(kept: KeepCost) -> list[str]:
    sentences = {
        "failed": _("Tim itu tidak bertugas lagi pada hari itu."),
        "no_shift": _("Tanggal itu tidak lagi cocok untuk keluarga ini."),
        "skill": _("Tim itu tidak lagi punya kelengkapan yang diperlukan."),
        "full": _("Tim itu tidak lagi menerima kunjungan sebanyak itu."),
        "window": _("Jam itu sudah lewat, atau tidak masuk jam kerja tim."),
        "window_break": _("Jam itu jatuh pada istirahat tim."),
        "break": _("Kunjungan itu terlalu lama untuk jam sebelum atau sesudah istirahat tim."),
        "reserve": _("Hari tim sudah penuh sampai selesai jam tugas."),
        "long": _("Kunjungan itu terlalu lama untuk jam kerja tim."),
        "midnight": _("Jam kerja tim terlalu dekat tengah malam untuk kunjungan itu."),
        "far": _("Terlalu jauh untuk jam kerja tim."),
    }
    return [sentences[code] for code in kept.relax]
