"""What replays of planned days say, in a sentence: read from the figures that are kept with the plan."""

from collections.abc import Mapping
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from visits.wording import labels


def minutes(seconds: float) -> str:
    """Whole minutes of seconds, as in "2 menit"."""
    return _("%(n)s menit") % {"n": formats.number_format(round(seconds / 60), use_l10n=True)}


def line(figures: Mapping[str, Any]) -> str:
    """Of how many families are met in time, and how late teams are home; empty for plans from before replays."""
    if not figures:
        return ""
    return _(
        "Dari %(runs)s kali ulangan rencana ini: %(on_time)s keluarga didatangi dalam selang jam yang dikabarkan "
        "(selangnya rata-rata %(width)s), lembur rata-rata %(overtime)s tiap tim sehari; 1 dari 20 hari lebih "
        "dari %(late)s."
    ) % {
        "runs": formats.number_format(figures["runs"], use_l10n=True),
        "on_time": labels.percent(figures["coverage"]),
        "width": minutes(figures["width_s"]),
        "overtime": minutes(figures["overtime_s"]),
        "late": minutes(figures["overtime_p95_s"]),
    }
