"""Proposed village sessions, agreeing on one, and cancelling it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach.models import Village
from outreach.services import log
from visits.admin import pages
from visits.models import Plan
from visits.schedule.sessions import agreed_sessions, session_agreement, session_proposals
from visits.wording import labels


@pages.require_permissions("visits.view_plan")
@require_GET
def session_proposals_view(request: HttpRequest) -> HttpResponse:
    """Villages where a session at the hall would save team-days, with a map and figures."""
    found = session_proposals.list_session_proposals()
    return pages.render_page(
        request,
        "admin/visits/session/list.html",
        model=Plan,
        title=_("Usul sesi desa"),
        found=found,
        agreed=agreed_sessions.list_agreed_sessions(today=timezone.localdate()),
        map_data=session_proposals.build_session_map(found),
    )


@pages.require_permissions("visits.view_plan", "visits.add_plan")
@require_POST
def agree_session_view(request: HttpRequest, village_id: str) -> HttpResponse:
    """Agree on a session's day; an unusable day gets a message."""
    village = get_object_or_404(Village.objects.only("pk", "name"), pk=village_id.replace("\0", ""))
    on = _parse_date(pages.read_text(request.POST, "tanggal"))
    one = next(
        (row for row in session_proposals.list_session_proposals().sessions if row.village.pk == village.pk),
        None,
    )
    if on is None:
        messages.error(request, _("Isi tanggal sesi, misalnya 1 Desember 2026 lewat kotak tanggal."))
    elif one is None:
        messages.error(request, _("Usul ini sudah berubah. Lihat usul yang baru di bawah."))
    else:
        try:
            new = session_agreement.agree_on_session(
                village=village,
                on=on,
                people=len(one.needs),
                saved_days=one.proposal.saved_days,
                actor=log.actor_of(pages.staff_user(request)),
            )
            said = (
                _("Sesi di %(village)s dicatat untuk %(day)s.")
                if new
                else _("Sesi itu sudah dicatat sebelumnya.")
            )
            messages.success(request, said % {"village": village.name, "day": labels.format_day(on)})
        except session_agreement.SessionDayError as refused:
            messages.error(request, labels.describe_session_day(refused.code))
    return redirect("admin:visits_plan_sessions")


@pages.require_permissions("visits.view_plan", "visits.add_plan")
@require_POST
def cancel_session_view(request: HttpRequest, village_id: str) -> HttpResponse:
    """Note that a session is not held; whom to tell is said."""
    village = get_object_or_404(Village.objects.only("pk", "name"), pk=village_id.replace("\0", ""))
    on = _parse_date(pages.read_text(request.POST, "tanggal"))
    actor = log.actor_of(pages.staff_user(request))
    if on and session_agreement.cancel_session(village=village, on=on, actor=actor):
        said = _("Sesi di %(village)s, %(day)s, dibatalkan. Kabari desanya bila belum.")
        messages.success(request, said % {"village": village.name, "day": labels.format_day(on)})
    else:
        messages.info(request, _("Tidak ada sesi yang disepakati untuk desa dan hari itu."))
    return redirect("admin:visits_plan_sessions")


def _parse_date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
