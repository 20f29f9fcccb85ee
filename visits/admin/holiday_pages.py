"""Loading a list of holidays (joint leave that the government announced, say) into the working calendar."""

import re
from datetime import date
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from outreach.services import log
from visits.admin import pages
from visits.admin.office_change_pages import save_or_ask
from visits.models import CalendarDay
from visits.workforce import calendar_exceptions

_DAY = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))[\s,;]+(.+)$")
LONGEST_REASON = 120


class Holiday(NamedTuple):
    """A day on which the office is closed, and why."""

    on: date
    reason: str


class HolidaysForm(forms.Form):
    """A line for each day: the date, and why the office is closed."""

    lines = forms.CharField(
        label=gettext_lazy("Hari libur, satu baris satu hari"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Tanggal lalu alasannya, misalnya: 2026-12-24 Cuti bersama Natal"),
        error_messages={"required": gettext_lazy("Tulis sedikitnya satu hari.")},
    )

    def clean_lines(self) -> list[Holiday]:
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not line.strip():
                continue
            try:
                found.append(_parse_line(line.strip()))
            except ValueError as error:
                wrong.append(_("Baris %(number)d: %(why)s") % {"number": number, "why": error})
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def _parse_line(line: str) -> Holiday:
    """Raises `ValueError` with what to do."""
    match = _DAY.match(line)
    if match is None:
        raise ValueError(_("tulis tanggal lalu alasannya, misalnya 2026-12-24 Cuti bersama Natal."))
    year, month, day, day_first, month_then, year_last, reason = match.groups()
    try:
        on = date(int(year or year_last), int(month or month_then), int(day or day_first))
    except ValueError:
        raise ValueError(_("tanggal ini tidak ada di kalender.")) from None
    if on < timezone.localdate():
        raise ValueError(_("tanggal ini sudah lewat; hapus barisnya."))
    if len(reason) > LONGEST_REASON:
        raise ValueError(_("alasannya terlalu panjang."))
    return Holiday(on=on, reason=reason)


@pages.require_permissions("visits.add_calendarday", "visits.change_calendarday")
@require_http_methods(["GET", "POST"])
def load_holidays_view(request: HttpRequest) -> HttpResponse:
    """Close all days of a list at once."""
    return save_or_ask(request, lambda: _load_holidays(request), model=CalendarDay)


def _load_holidays(request: HttpRequest) -> HttpResponse:
    form = HolidaysForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor = log.actor_of(pages.staff_user(request))
        for row in form.cleaned_data["lines"]:
            calendar_exceptions.set_day(date=row.on, is_open=False, reason=row.reason, actor=actor)
        count = len(form.cleaned_data["lines"])
        messages.success(
            request,
            ngettext("%(count)d hari ditutup.", "%(count)d hari ditutup.", count) % {"count": count},
        )
        return redirect("admin:visits_calendarday_changelist")
    return pages.render_page(
        request,
        "admin/visits/calendar/load.html",
        model=CalendarDay,
        title=_("Muat hari libur"),
        status=400 if form.errors else 200,
        form=form,
    )
