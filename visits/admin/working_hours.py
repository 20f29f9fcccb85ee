"""The office's hours of a period (Ramadan, say) in the admin: what moves is shown before they are saved."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach import formats
from outreach.services import log
from visits.admin import pages
from visits.admin.office_change_pages import AsksFirst
from visits.admin.plan_forms import DateInput
from visits.admin.team_forms import BreaksField, HourField
from visits.models import WorkingHours
from visits.wording import labels
from visits.workforce import calendar_exceptions


def _list_weekdays() -> list[tuple[int, str]]:
    return [(day, formats.format_weekdays([day])) for day in range(7)]


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Checkboxes of the days of the week; 0 is Monday."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=_list_weekdays, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(map(str, initial or [])) != sorted(map(str, data or []))


class WorkingHoursForm(forms.ModelForm):  # type: ignore[type-arg]
    first = forms.DateField(label=gettext_lazy("Dari tanggal"), widget=DateInput)
    last = forms.DateField(label=gettext_lazy("Sampai tanggal"), widget=DateInput)
    weekdays = WeekdaysField(
        label=gettext_lazy("Hari"),
        error_messages={"required": gettext_lazy("Pilih sedikitnya satu hari.")},
    )
    starts = HourField(label=gettext_lazy("Mulai"))
    ends = HourField(label=gettext_lazy("Selesai"))
    breaks = BreaksField(
        label=gettext_lazy("Istirahat"),
        required=False,
        help_text=gettext_lazy(
            "Seperti 12.00-13.00. Kosongkan bila tidak ada; pisahkan dengan koma bila dua."
        ),
    )

    class Meta:
        model = WorkingHours
        fields = ("name", "first", "last", "weekdays", "starts", "ends", "breaks")
        help_texts = {"name": gettext_lazy("Misalnya: Ramadan, Senin sampai Kamis.")}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self._refuse_overlap(data)
            outside = [
                pause
                for pause in data["breaks"]
                if pause[0] < f"{data['starts']:%H:%M}" or pause[1] > f"{data['ends']:%H:%M}"
            ]
            if outside:
                self.add_error("breaks", _("Istirahat harus di dalam jam kerja. Periksa jamnya."))
        return data

    def _refuse_overlap(self, data: dict[str, Any]) -> None:
        """No two periods are for one day."""
        rows = WorkingHours.objects.filter(first__lte=data["last"], last__gte=data["first"])
        for row in rows.exclude(pk=self.instance.pk):
            both = sorted(set(row.weekdays) & set(data["weekdays"]))
            if both:
                self.add_error(
                    None,
                    _(
                        "%(days)s pada tanggal itu sudah diatur oleh “%(name)s”. Ubah yang itu, atau pilih hari lain."
                    )
                    % {"days": formats.format_weekdays(both), "name": row.name},
                )


@admin.register(WorkingHours)
class WorkingHoursAdmin(AsksFirst):
    form = WorkingHoursForm
    list_display = ("name", "days", "hours")
    ordering = ("-first",)
    actions = None
    shows_moved_shifts = True

    @admin.display(description=gettext_lazy("Hari"))
    def days(self, row: WorkingHours) -> str:
        return f"{labels.format_days(row.first, row.last)}: {formats.format_weekdays(row.weekdays)}"

    @admin.display(description=gettext_lazy("Jam kerja"))
    def hours(self, row: WorkingHours) -> str:
        return labels.format_hours(row.starts, row.ends, row.breaks)

    def save_model(self, request: HttpRequest, obj: WorkingHours, form: Any, change: bool) -> None:
        calendar_exceptions.save_hours(
            row=obj, changed=form.changed_data, actor=log.actor_of(pages.staff_user(request))
        )

    def delete_model(self, request: HttpRequest, obj: WorkingHours) -> None:
        calendar_exceptions.clear_hours(row=obj, actor=log.actor_of(pages.staff_user(request)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkingHours]) -> None:
        for row in queryset:
            self.delete_model(request, row)
