"""The road data of a plan in words, from the travel note stored with the plan."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from visits.enums import RoadSource, RoadTrouble
from visits.lib.plan_summary import RoadsNote
from visits.wording import labels

WORTH_SAYING = 0.05  # a share of estimated pairs that a coordinator should know of


def format_number(value: float, digits: int) -> str:
    """A number with so many decimals, in the format of the language."""
    rounded = round(value, digits)
    return str(formats.number_format(int(rounded) if rounded == int(rounded) else rounded, use_l10n=True))


def _format_day(text: str) -> str:
    """An ISO date as "3 November 2026"."""
    return str(formats.date_format(date.fromisoformat(text), "j F Y"))


def format_share(share: float) -> str:
    """A share (0..1) as a percentage."""
    return (
        _("kurang dari %(least)s") % {"least": labels.format_percent(0.01)}
        if share < 0.01
        else labels.format_percent(share)
    )


def describe_travel_times(note: RoadsNote | None) -> str:
    """What the travel times rest on: "garis lurus × 1,35 pada 30 km/jam". Empty for plans from before notes."""
    if note is None:
        return ""
    straight = _("garis lurus × %(detour)s pada %(speed)s km/jam") % {
        "detour": format_number(note.detour, 2),
        "speed": format_number(note.speed_kmh, 1),
    }
    if note.source == RoadSource.GREAT_CIRCLE:
        if note.fitted:
            return _("%(straight)s (dikalibrasi %(day)s)") % {
                "straight": straight,
                "day": _format_day(note.fitted),
            }
        return straight
    name = str(RoadSource(note.source).label)
    roads = f"{name}, {_format_day(note.as_of)}" if note.as_of else name
    if note.sampled:
        return _(
            "%(straight)s, disetel pada %(sampled)s titik dari %(roads)s karena ada %(places)s titik"
        ) % {
            "straight": straight,
            "sampled": format_number(note.sampled, 0),
            "roads": roads,
            "places": format_number(note.places, 0),
        }
    if note.estimated:
        return _("%(roads)s; %(share)s ditaksir dengan %(straight)s") % {
            "roads": roads,
            "share": format_share(note.estimated),
            "straight": straight,
        }
    return roads


def describe_warning(note: RoadsNote | None) -> str:
    """What a coordinator should know before trusting the hours, and what to do; empty where all is as wanted."""
    if note is None:
        return ""
    wanted = str(RoadSource(note.wanted).label)
    if note.trouble:
        told = {"wanted": wanted, "trouble": str(RoadTrouble(note.trouble).label)}
        if note.source == RoadSource.GREAT_CIRCLE:
            text = _("%(wanted)s %(trouble)s, dipakai garis lurus.") % told
        elif note.estimated:
            text = (
                _("%(wanted)s %(trouble)s; waktu jalan yang belum diketahui ditaksir dengan garis lurus.")
                % told
            )
        else:
            text = _("%(wanted)s %(trouble)s; dipakai waktu jalan yang tersimpan.") % told
        return text + " " + _("Waktu jalan dapat meleset. Beri tahu pengelola sistem, lalu hitung lagi.")
    if note.estimated >= WORTH_SAYING:
        return _(
            "%(share)s waktu jalan ditaksir dengan garis lurus: %(far)s titik terlalu jauh dari jalan yang ada di peta."
        ) % {"share": format_share(note.estimated), "far": format_number(note.far, 0)}
    return ""
