"""The working calendar in the admin: the coming weeks, and the days that the coordinator opens or closes."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.services import log
from visits.admin import holiday_pages, pages
from visits.admin.office_change_pages import AsksFirst
from visits.admin.plan_forms import DateInput
from visits.models import CalendarDay
from visits.schedule.dispatch import home_board
from visits.workforce import calendar_exceptions

WEEKS = 8


class CalendarDayForm(forms.ModelForm):  # type: ignore[type-arg]
    date = forms.DateField(
        label=_("Tanggal"),
        widget=DateInput,
        error_messages={
            "required": _("Isi tanggalnya."),
            "invalid": _("Tanggal ini tidak ada di kalender. Tulis seperti 2026-12-24."),
        },
    )
    is_open = forms.TypedChoiceField(
        label=_("Kantor pada hari itu"),
        choices=[("1", _("Buka")), ("0", _("Tutup"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih buka atau tutup.")},
    )
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=120,
        help_text=_("Dibaca rekan kerja, misalnya: lembur akhir tahun, rapat kabupaten."),
        error_messages={"required": _("Tulis alasannya, supaya rekan kerja mengerti.")},
    )

    class Meta:
        model = CalendarDay
        fields = ("date", "is_open", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["is_open"] = "1" if self.instance.is_open else "0"

    def clean_date(self) -> dt.date:
        chosen: dt.date = self.cleaned_data["date"]
        if chosen < timezone.localdate() and not self.instance.pk:
            raise forms.ValidationError(_("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya."))
        return chosen


@admin.register(CalendarDay)
class CalendarDayAdmin(AsksFirst):
    form = CalendarDayForm
    list_display = ("date", "is_open", "reason", "set_at")
    date_hierarchy = "date"
    ordering = ("-date",)
    change_list_template = "admin/visits/calendar/list.html"
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarDay | None = None) -> tuple[str, ...]:
        return ("date",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {key: request.GET[key] for key in ("date", "is_open") if key in request.GET}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the change page if the day has an exception already."""
        days = CalendarDay.objects.filter(
            date__in=[day] if (day := pages.read_date(request.GET.get("date"))) else []
        )
        if request.method == "GET" and (row := days.first()):
            return redirect("admin:visits_calendarday_change", row.pk)
        return super().add_view(request, form_url, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"weeks": list_weeks(), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "libur/",
                self.admin_site.admin_view(holiday_pages.load_holidays_view),
                name="visits_calendarday_load",
            ),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        saved = calendar_exceptions.set_day(
            date=obj.date,
            is_open=obj.is_open,
            reason=obj.reason,
            actor=log.actor_of(pages.staff_user(request)),
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        calendar_exceptions.clear_day(day=obj, actor=log.actor_of(pages.staff_user(request)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> None:
        for day in queryset:
            self.delete_model(request, day)


def list_weeks() -> list[list[home_board.ComingDay]]:
    """The coming weeks from this Monday, in rows of seven days."""
    today = timezone.localdate()
    found = home_board.list_coming_days(7 * WEEKS, today=today - dt.timedelta(days=today.weekday()))
    return [found[at : at + 7] for at in range(0, len(found), 7)]
