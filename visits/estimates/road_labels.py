"""The road data of a plan in words, from the travel note stored with the plan."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from visits.enums import RoadSource, RoadTrouble, Vehicle
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
    """What the travel times rest on, by vehicle where teams drive others than cars: "garis lurus × 1,35 pada
    30 km/jam". Empty for plans from before notes."""
    notes = _list_notes(note)
    if all(not one.vehicle for one in notes):
        return _describe_source(notes[0]) if notes else ""
    parts = (
        _("%(vehicle)s: %(roads)s")
        % {"vehicle": Vehicle(one.vehicle or Vehicle.CAR).label, "roads": _describe_source(one)}
        for one in notes
    )
    return "; ".join(parts)


def _list_notes(note: RoadsNote | None) -> list[RoadsNote]:
    """The note of each vehicle; none for plans from before notes."""
    return [one for one in (note, note and note.motorcycle) if one is not None]


def _describe_source(note: RoadsNote) -> str:
    """What the travel times of one vehicle rest on."""
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


def describe_left_out(note: RoadsNote | None) -> str:
    """What the road sources of a plan do not know of, as far as a coordinator may have to."""
    notes = _list_notes(note)
    told = [_describe_unknown(one) for one in notes]
    if any(one.as_car for one in notes):
        told.append(
            _(
                "Sumber jalan ini hanya mengenal mobil: tim bersepeda motor dihitung dengan waktu mobil, tanpa jalan sempit yang hanya dapat dilaluinya."
            )
        )
    return " ".join(dict.fromkeys(told))


def _describe_unknown(note: RoadsNote) -> str:
    """What the source of one vehicle's times does not know of."""
    if note.sampled or note.source == RoadSource.GREAT_CIRCLE:
        return _(
            "Garis lurus tidak mengenal jalan: sungai, feri, jalan satu arah, larangan belok, portal dan tiang di jalan tidak diperhitungkan."
        )
    if note.source == RoadSource.OSRM:
        return _(
            "Tidak diperhitungkan: kemacetan dan jam buka jalan. Apakah feri, jalan satu arah, larangan belok, portal dan tiang di jalan diperhitungkan bergantung pada server jalan."
        )
    return _("Tidak diperhitungkan: larangan belok, kemacetan, dan jam buka jalan atau portal.")


def describe_warning(note: RoadsNote | None) -> str:
    """What a coordinator should know before trusting the hours, and what to do; empty where all is as wanted."""
    return " ".join(dict.fromkeys(filter(None, map(_warn_of, _list_notes(note)))))


def _warn_of(note: RoadsNote) -> str:
    """What a coordinator should know before trusting the hours of one vehicle."""
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
