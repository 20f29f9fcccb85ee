"""Before a change of the office is saved: the families that it touches, the reason, and the way on.

Whatever an admin page does with a POST is done by `save_or_ask` as one change. Where it touches published
visits it is taken back, and a page asks first: it holds all that was posted, so that nothing is lost.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outreach.services import log
from visits.admin import pages
from visits.appointments import arrival_intervals
from visits.enums import CallOffReason
from visits.schedule.dispatch import office_changes
from visits.schedule.dispatch.office_changes import Consent, Effects
from visits.wording import labels

REASON, MARK, PLAN_NEXT = "alasan_batal", "dampak", "lalu_rencanakan"


class ConsentForm(forms.Form):
    """Why the families' visits are called off."""

    alasan_batal = forms.ChoiceField(
        label=gettext_lazy("Mengapa kunjungan itu batal?"),
        choices=[("", gettext_lazy("Pilih sebabnya")), *CallOffReason.choices],
        error_messages={"required": gettext_lazy("Pilih sebabnya, supaya rekan kerja mengerti.")},
    )


class AsksFirst(pages.Titled):
    """A model whose changes may touch published visits: forms, deletions and actions ask first."""

    shows_moved_shifts = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        return self._save_or_ask(request, lambda: view(request, object_id, form_url, extra_context))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view = super().delete_view
        return self._save_or_ask(request, lambda: view(request, object_id, extra_context))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        view = super().changelist_view
        return self._save_or_ask(request, lambda: view(request, extra_context))

    def _save_or_ask(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        return save_or_ask(request, view, model=self.model, show_moved=self.shows_moved_shifts)


def save_or_ask(
    request: HttpRequest, view: Callable[[], HttpResponse], *, model: type[Model], show_moved: bool = False
) -> HttpResponse:
    """What `view` answers; for a POST that touches published visits which nobody was shown, the page that
    asks, with nothing changed."""
    if request.method != "POST":
        return view()
    form = ConsentForm(request.POST)
    consent = None
    if REASON in request.POST and form.is_valid():
        consent = Consent(
            reason=CallOffReason(form.cleaned_data[REASON]), mark=pages.read_text(request.POST, MARK)
        )
    try:
        carried = office_changes.carry_out(
            view,
            consent=consent,
            actor=log.actor_of(pages.staff_user(request)),
            show_moved=show_moved,
        )
    except office_changes.ConsentNeededError as error:
        request._messages = default_storage(request)  # type: ignore[attr-defined]  # what it said is not so
        return _ask(request, error.effects, form if REASON in request.POST else ConsentForm(), model=model)
    return _go_on(request, carried.result, carried.effects)


def _ask(request: HttpRequest, effects: Effects, form: ConsentForm, *, model: type[Model]) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in (REASON, MARK, PLAN_NEXT, "csrfmiddlewaretoken")
        for value in values
    ]
    return pages.render_page(
        request,
        "admin/visits/office_change.html",
        model=model,
        title=_title_of(effects),
        status=409,
        form=form,
        kept=kept,
        mark=effects.mark,
        count=len(effects.touched),
        days=_group_by_team_day(effects),
        moved=effects.moved,
        sessions=effects.sessions,
        back=request.get_full_path(),
    )


def _title_of(effects: Effects) -> str:
    if effects.touched:
        return _("Perubahan ini menyentuh keluarga yang sudah dijadwalkan")
    if effects.sessions:
        return _("Perubahan ini menyentuh sesi desa yang sudah disepakati")
    return _("Perubahan ini menggeser hari tugas tim")


def _group_by_team_day(effects: Effects) -> list[dict[str, Any]]:
    """The touched visits by day and team, with the hours that their families were told."""
    return [
        {
            "shift": rows[0].visit.shift,
            "rows": [
                {
                    "visit": row.visit,
                    "told": labels.format_clocks(*arrival_intervals.interval_told(row.visit)),
                    "why": labels.describe_obstacles(row.obstacles),
                }
                for row in rows
            ],
        }
        for rows in (
            list(group) for _shift, group in groupby(effects.touched, key=lambda row: row.visit.shift_id)
        )
    ]


def _go_on(request: HttpRequest, response: HttpResponse, effects: Effects) -> HttpResponse:
    if effects.restored:
        count = len(effects.restored)
        messages.success(
            request,
            ngettext(
                "%(count)d kunjungan yang batal jadi lagi seperti semula.",
                "%(count)d kunjungan yang batal jadi lagi seperti semula.",
                count,
            )
            % {"count": count},
        )
    for session in effects.sessions:
        messages.warning(
            request,
            _(
                "Sesi di balai %(village)s, %(day)s, jatuh pada hari tutup. Kabari desanya, lalu batalkan sesinya."
            )
            % {"village": session.village.name, "day": labels.format_day(session.on)},
        )
    if not effects.touched:
        return response
    messages.warning(
        request,
        ngettext(
            "%(count)d kunjungan dibatalkan. Jadwalkan lagi, dan kabari keluarganya.",
            "%(count)d kunjungan dibatalkan. Jadwalkan lagi, dan kabari keluarganya.",
            len(effects.touched),
        )
        % {"count": len(effects.touched)},
    )
    if PLAN_NEXT in request.POST and request.user.has_perm("visits.add_plan"):
        days = [row.visit.shift.date for row in effects.touched]
        return redirect(f"{reverse('admin:visits_plan_add')}?dari={min(days)}&sampai={max(days)}")
    if request.user.has_perm("visits.view_teamday"):
        return redirect("admin:visits_teamday_called_off")
    return response
