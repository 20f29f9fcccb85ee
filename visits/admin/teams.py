"""Teams, officers and shifts in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from outreach.services import log
from visits.admin import pages
from visits.admin.office_change_pages import AsksFirst
from visits.admin.team_forms import MakeShiftsForm, OfficerForm, ShiftForm, TeamForm
from visits.models import Officer, Shift, Team
from visits.workforce import team_shifts


class OfficerInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Officer
    form = OfficerForm
    extra = 0
    can_delete = False


class LoggedAdmin(AsksFirst):
    """Saving leaves a log row with the names of the changed fields. Rows are deactivated, not deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        team_shifts.save_workforce_row(
            row=obj, changed=form.changed_data, actor=log.actor_of(pages.staff_user(request))
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        actor = log.actor_of(pages.staff_user(request))
        formset.save(commit=False)
        for row, changed in [*formset.changed_objects, *((row, []) for row in formset.new_objects)]:
            team_shifts.save_workforce_row(row=row, changed=changed, actor=actor)
        formset.save_m2m()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(LoggedAdmin):
    form = TeamForm
    list_display = ("name", "code", "base_name", "vehicle", "recording_way", "max_visits", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    inlines = (OfficerInline,)
    actions = None


@admin.register(Officer)
class OfficerAdmin(LoggedAdmin):
    fields = ("team", "name", "employee_number", "woman", "user", "is_active")
    list_display = ("name", "employee_number", "team", "woman", "is_active")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("name", "employee_number")
    actions = None


@pages.require_permissions("visits.add_shift")
@require_http_methods(["GET", "POST"])
def make_shifts_view(request: HttpRequest) -> HttpResponse:
    """Make shifts for several teams over a range of days."""
    posted = request.method == "POST"
    form = MakeShiftsForm(request.POST) if posted else MakeShiftsForm(initial=MakeShiftsForm.suggestion())
    if posted and form.is_valid():
        data = form.cleaned_data
        made = team_shifts.make_shifts(
            teams=data["teams"],
            first=data["first"],
            last=data["last"],
            actor=log.actor_of(pages.staff_user(request)),
        )
        if made:
            messages.success(request, _("%(count)d hari tugas tim dibuat.") % {"count": len(made)})
        else:
            messages.info(request, _("Semua tim itu sudah punya jadwal pada hari-hari itu."))
        return redirect("admin:visits_shift_changelist")
    return pages.render_page(
        request,
        "admin/visits/shift/make.html",
        model=Shift,
        title=_("Buat hari tugas tim"),
        status=400 if form.errors else 200,
        form=form,
    )


@admin.register(Shift)
class ShiftAdmin(LoggedAdmin):
    """Shifts are made by `make_shifts_view` from the team's defaults; here one is changed."""

    form = ShiftForm
    fieldsets = (
        (None, {"fields": ("team", "date", "starts", "ends", "breaks", "max_visits", "skills")}),
        (
            gettext_lazy("Titik berangkat dan pulang hari itu"),
            {
                "classes": ("collapse",),
                "fields": (
                    *("start_latitude", "start_longitude"),
                    *("end_latitude", "end_longitude"),
                ),
            },
        ),
    )
    list_display = ("date", "team", "starts", "ends", "max_visits", "state")
    list_filter = ("is_cancelled", "team")
    list_select_related = ("team",)
    date_hierarchy = "date"
    ordering = ("-date", "team")
    actions = ("cancel", "take_up")
    readonly_fields = ("team", "date")
    change_list_template = "admin/visits/shift/list.html"

    def get_urls(self) -> list[URLPattern]:
        return [
            path("buat/", self.admin_site.admin_view(make_shifts_view), name="visits_shift_make"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("Keadaan"), ordering="is_cancelled")
    def state(self, shift: Shift) -> str:
        return _("Dibatalkan") if shift.is_cancelled else _("Bertugas")

    @admin.action(description=gettext_lazy("Batalkan jadwal yang dipilih"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        self._set(request, queryset, cancelled=True)

    @admin.action(description=gettext_lazy("Aktifkan lagi jadwal yang dipilih"), permissions=["change"])
    def take_up(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        self._set(request, queryset, cancelled=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[Shift], *, cancelled: bool) -> None:
        actor = log.actor_of(pages.staff_user(request))
        changed = sum(
            team_shifts.set_cancelled(shift=shift, cancelled=cancelled, actor=actor) for shift in queryset
        )
        text = _("%(count)d jadwal dibatalkan.") if cancelled else _("%(count)d jadwal aktif lagi.")
        self.message_user(request, text % {"count": changed})
