"""Plans in the admin: only pages of our own; a plan is never edited as a row."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from visits.admin import change_pages, need_end_pages, plan_pages, run_pages, session_pages, slot_pages
from visits.models import Plan


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("hitung/<uuid:run_id>/", own(run_pages.run_view), name="visits_planrun_page"),
            path("hitung/<uuid:run_id>/keadaan/", own(run_pages.run_state_view), name="visits_planrun_state"),
            path("hitung/<uuid:run_id>/berhenti/", own(run_pages.stop_run_view), name="visits_planrun_stop"),
            path(
                "hitung/<uuid:run_id>/lagi/", own(run_pages.restart_run_view), name="visits_planrun_restart"
            ),
            path("<uuid:plan_id>/belum/", own(plan_pages.unassigned_view), name="visits_plan_left"),
            path("<uuid:plan_id>/terbitkan/", own(plan_pages.publish_plan_view), name="visits_plan_publish"),
            path(
                "<uuid:plan_id>/tetap/<uuid:need_id>/",
                own(change_pages.keep_visit_view),
                name="visits_plan_keep",
            ),
            path(
                "<uuid:plan_id>/jam/<uuid:need_id>/",
                own(change_pages.new_hours_view),
                name="visits_plan_new_hours",
            ),
            path("<uuid:plan_id>/kabar/", own(plan_pages.families_view), name="visits_plan_told"),
            path("<uuid:plan_id>/buang/", own(plan_pages.discard_plan_view), name="visits_plan_discard"),
            path("tempat/<uuid:need_id>/", own(slot_pages.slots_view), name="visits_need_places"),
            path("tempat/<uuid:need_id>/ambil/", own(slot_pages.take_slot_view), name="visits_need_take"),
            path(
                "keperluan/<uuid:need_id>/tutup/",
                own(need_end_pages.close_need_view),
                name="visits_need_close",
            ),
            path(
                "keperluan/<uuid:need_id>/keluarkan/",
                own(need_end_pages.take_out_view),
                name="visits_need_take_out",
            ),
            path(
                "keperluan/<uuid:need_id>/keluarkan/<uuid:plan_id>/",
                own(need_end_pages.take_out_of_draft_view),
                name="visits_need_leave_draft",
            ),
            path("sesi/", own(session_pages.session_proposals_view), name="visits_plan_sessions"),
            path(
                "sesi/<str:village_id>/",
                own(session_pages.agree_session_view),
                name="visits_plan_session_accept",
            ),
            path(
                "sesi/<str:village_id>/batal/",
                own(session_pages.cancel_session_view),
                name="visits_plan_session_cancel",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return plan_pages.plan_list_view(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return run_pages.new_run_view(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return plan_pages.plan_view(request, object_id)

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        return False
