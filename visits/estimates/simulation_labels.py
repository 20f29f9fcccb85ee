"""The result of a plan's simulation in a sentence, from the figures stored with the plan."""

from django.utils import formats
from django.utils.translation import gettext as _

from visits.lib.plan_summary import Replays
from visits.wording import labels


def format_minutes(seconds: float) -> str:
    """Seconds as whole minutes: "2 menit"."""
    return _("%(n)s menit") % {"n": formats.number_format(round(seconds / 60), use_l10n=True)}


def describe_simulation(replays: Replays | None) -> str:
    """Of how many families are met in time, and how late teams are home; empty for plans from before replays."""
    if replays is None:
        return ""
    return _(
        "Dari %(runs)s kali simulasi rencana ini: %(on_time)s keluarga didatangi dalam selang jam yang dikabarkan "
        "(selangnya rata-rata %(width)s), lembur rata-rata %(overtime)s tiap tim sehari; 1 dari 20 hari lebih "
        "dari %(late)s."
    ) % {
        "runs": formats.number_format(replays.runs, use_l10n=True),
        "on_time": labels.format_percent(replays.coverage),
        "width": format_minutes(replays.width_s),
        "overtime": format_minutes(replays.overtime_s),
        "late": format_minutes(replays.overtime_p95_s),
    }
