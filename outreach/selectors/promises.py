"""Until when the office means to have done what a family waits for, and what it says when it is late."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import formats, office_calendar
from outreach.selectors.flow import Stage


def promised_day(stage: Stage, since: date) -> date:
    """The working day until which it is to be done, by the office's targets."""
    return office_calendar.add_working_days(since, settings.TARGET_DAYS[stage][1])


def describe_promise(stage: Stage, since: datetime, *, now: datetime) -> str:
    """The promise in a sentence; an overdue one says so, and what to do."""
    if stage == Stage.CARD:
        return _describe_card(since, now=now)
    day = promised_day(stage, timezone.localdate(since))
    kept, late = {
        Stage.DECIDED: (
            _("Kami usahakan jawabannya ada paling lambat %(day)s; bila terlambat, %(contact)s"),
            _("Kami terlambat: jawabannya seharusnya ada paling lambat %(day)s. Mohon maaf; %(contact)s"),
        ),
        Stage.PLANNED: (
            _("Kami usahakan jadwalnya ada paling lambat %(day)s; bila terlambat, %(contact)s"),
            _("Kami terlambat: jadwalnya seharusnya ada paling lambat %(day)s. Mohon maaf; %(contact)s"),
        ),
        Stage.RECORDED: (
            _("Kami usahakan pemeriksaannya selesai paling lambat %(day)s; bila terlambat, %(contact)s"),
            _(
                "Kami terlambat: pemeriksaannya seharusnya selesai paling lambat %(day)s. Mohon maaf; %(contact)s"
            ),
        ),
        Stage.DELIVERED: (
            _("Kami usahakan KTP-el diantar paling lambat %(day)s; bila terlambat, %(contact)s"),
            _("Kami terlambat: KTP-el seharusnya diantar paling lambat %(day)s. Mohon maaf; %(contact)s"),
        ),
    }[stage]
    overdue = timezone.localdate(now) > day
    return (late if overdue else kept) % {
        "day": formats.format_long_date(day),
        "contact": formats.format_contact(),
    }


def _describe_card(since: datetime, *, now: datetime) -> str:
    """Cards are printed when the national server has answered; that is not ours to promise."""
    low, high = settings.TARGET_DAYS[Stage.CARD]
    if (timezone.localdate(now) - timezone.localdate(since)).days > high:
        return _("Ini sudah lebih lama dari %(high)d hari. Agar kami tanyakan ke pusat, %(contact)s") % {
            "high": high,
            "contact": formats.format_contact(),
        }
    return _(
        "Pencetakan menunggu server nasional: dari %(low)d hari sampai %(high)d hari. Untuk menanyakan KTP-el-nya, "
        "%(contact)s"
    ) % {"low": low, "high": high, "contact": formats.format_contact()}
