"""Dates, hours, ages and waiting times in the language of the page."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.lib.births import BirthBasis


def format_long_date(day: date) -> str:
    """As in "Selasa, 1 Desember 2026"."""
    return date_format(day, "l, j F Y")


def format_day_and_month(day: date) -> str:
    """As in "Selasa, 1 Desember"."""
    return date_format(day, "l, j F")


def format_clock(at: datetime) -> str:
    """As in "09.10", local time."""
    return timezone.localtime(at).strftime("%H.%M")


def format_moment(at: datetime) -> str:
    """As in "Selasa, 1 Desember 2026, pukul 09.10"."""
    return _("%(day)s, pukul %(time)s") % {
        "day": format_long_date(timezone.localtime(at).date()),
        "time": format_clock(at),
    }


def format_wait_end(at: datetime) -> str:
    """The moment after which something is taken again, to the next full minute: never one that is too early."""
    return format_moment(at + timedelta(seconds=59, microseconds=999_999))


def begin_of_day(day: date) -> datetime:
    """Its first moment, local time."""
    return timezone.make_aware(datetime.combine(day, time()))


def format_interval(earliest: datetime, latest: datetime) -> str:
    """As in "Selasa, 1 Desember 2026, antara 09.10 dan 10.40"; over several days both with their dates."""
    first, last = timezone.localtime(earliest).date(), timezone.localtime(latest).date()
    if first != last:
        return _("antara %(first)s dan %(last)s") % {
            "first": format_long_date(first),
            "last": format_long_date(last),
        }
    return _("%(day)s, antara %(from)s dan %(to)s") % {
        "day": format_long_date(first),
        "from": format_clock(earliest),
        "to": format_clock(latest),
    }


def format_time_span(length: timedelta) -> str:
    """A length of time: "kurang dari satu jam", "5 jam", "3 hari"."""
    hours = int(length.total_seconds() // 3600)
    if hours < 1:
        return _("kurang dari satu jam")
    if hours < 24:
        return ngettext("%(count)d jam", "%(count)d jam", hours) % {"count": hours}
    return ngettext("%(count)d hari", "%(count)d hari", length.days) % {"count": length.days}


def format_waiting(since: datetime, *, now: datetime) -> str:
    """How long somebody has waited, in calendar days, as points count them."""
    days = (timezone.localdate(now) - timezone.localdate(since)).days
    return format_time_span(timedelta(days=days) if days > 0 else now - since)


def format_contact() -> str:
    """How to reach the office, as the end of a sentence: "hubungi kantor di 0351-123456."."""
    if settings.OFFICE_PHONE:
        return _("hubungi kantor di %(phone)s.") % {"phone": settings.OFFICE_PHONE}
    return _("hubungi kantor atau perangkat desa.")


def format_initials(name: str) -> str:
    """As in "S. P." of "Siti Pertiwi"; text in brackets is ignored."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalnum())


def format_windows(hours: list[list[str]]) -> str:
    """As in "07.30-10.00 dan 13.00-15.30"; "any hour" if there are none."""
    spoken = [f"{begin}\u2013{end}".replace(":", ".") for begin, end in hours]
    return _(" dan ").join(spoken) if spoken else _("Jam berapa saja")


def format_weekdays(days: list[int]) -> str:
    """As in "Senin, Rabu"; "any day" if there are none."""
    monday = date(2024, 1, 1)
    names = [date_format(monday + timedelta(days=day), "l") for day in days]
    return ", ".join(names) if names else _("Hari kerja apa saja")


def format_birth(born: date | None, basis: str) -> str:
    """A birth date with how well it is known: "17 Mei 1950", "17 Mei 1950 (dari NIK)", "sekitar 1925"."""
    if born is None:
        return _("tidak diketahui")
    if basis == BirthBasis.YEAR:
        return _("sekitar %(year)s") % {"year": born.year}
    if basis == BirthBasis.MONTH:
        return _("%(month)s, harinya tidak diketahui") % {"month": date_format(born, "F Y")}
    text = date_format(born, "j F Y")
    return _("%(date)s (dari NIK)") % {"date": text} if basis == BirthBasis.NIK else text


def format_ages(ages: tuple[int, int]) -> str:
    """As in "76", or "75\u201376" where that is open."""
    least, most = ages
    return str(most) if least == most else f"{least}\u2013{most}"
