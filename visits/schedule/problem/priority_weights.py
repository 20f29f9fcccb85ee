"""The weights of points in words, so that a sum of points can be checked by a reader."""

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from outreach.enums import ResidentKind, Urgency


def list_weights() -> list[tuple[str, str]]:
    """(points, what for), and last what a day of delay costs, by urgency."""
    weights = settings.PLAN_POINTS
    found = [
        (weights["kind"].get(kind, 0), _shorten_label(ResidentKind(kind).label))
        for kind in ResidentKind.values
    ]
    found += [(weights["urgency"].get(one, 0), _shorten_label(Urgency(one).label)) for one in Urgency.values]
    found += [
        (weights["delivery"], _("antar KTP-el")),
        (weights["waiting_day"], _("tiap hari menunggu, tanpa batas atas")),
        (weights["attempt"], _("tiap kunjungan yang sudah dicoba")),
        (
            weights["deadline"],
            _("paling banyak, makin dekat batas waktu (%(days)s hari terakhir)")
            % {"days": weights["deadline_days"]},
        ),
        (
            weights["village"],
            _("paling banyak, untuk desa yang kurang dikunjungi %(weeks)s minggu terakhir")
            % {"weeks": weights["village_weeks"]},
        ),
    ]
    shown = [(str(formats.number_format(points)), text) for points, text in found if points]
    lost = ", ".join(
        f"{_shorten_label(Urgency(one).label)} {formats.number_format(points)}"
        for one, points in weights["decay"].items()
    )
    return [*shown, ("−", _("tiap hari ditunda dalam rencana: %(lost)s") % {"lost": lost})]


def describe_guarantee() -> str:
    return _(
        "Yang menunggu lebih dari %(days)s hari, atau yang batas waktunya jatuh dalam rencana, "
        "didahulukan sebelum prioritas apa pun."
    ) % {"days": settings.LONGEST_WAIT_DAYS}


def _shorten_label(label: object) -> str:
    return str(label).partition(" (")[0].lower()
