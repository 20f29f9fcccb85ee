"""Making promises (for one visit, or all of a team's day) and releasing one with a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.services import log
from visits.admin import pages
from visits.appointments import promises
from visits.enums import ReleaseReason
from visits.models import Team, Visit
from visits.schedule.dispatch import published_days


def _redirect_back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Redirect to the page that the request came from if it is ours. Only a path, because `redirect` takes a
    bare word for a view's name."""
    asked = pages.read_text(request.POST, "kembali")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return HttpResponseRedirect(asked if ours else otherwise)


@pages.require_permissions("visits.view_teamday", "visits.publish_plan")
@require_POST
def make_promises_view(request: HttpRequest, team_id: int, on: str) -> HttpResponse:
    """Mark the visits of a team's day as promised, or only the one in `kunjungan`."""
    team, day = get_object_or_404(Team, pk=team_id), pages.parse_day(on)
    try:
        asked = {UUID(text) for text in request.POST.getlist("kunjungan")}
    except ValueError:
        raise Http404 from None
    there = set(published_days.list_unbegun_visits(team=team, on=day))
    told = asked & there if asked else there
    count = promises.make_promises(visits=told, actor=log.actor_of(pages.staff_user(request)))
    if asked and not told:
        messages.error(request, _("Kunjungan itu tidak ada lagi di jadwal ini. Lihat jadwal yang baru."))
    elif count:
        messages.success(
            request,
            _("%(count)d keluarga dicatat sudah diberi tahu; jadwalnya kini janji.") % {"count": count},
        )
    else:
        messages.info(request, _("Semua keluarga di jadwal ini sudah tercatat diberi tahu."))
    return redirect("admin:visits_teamday_page", team.pk, day.isoformat())


@pages.require_permissions("visits.view_teamday", "visits.publish_plan")
@require_POST
def release_promise_view(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Release a promise with a reason; the family is to be called before the next plan moves the visit."""
    visit = get_object_or_404(Visit.objects.select_related("shift"), pk=visit_id)
    page = reverse("admin:visits_teamday_page", args=[visit.shift.team_id, visit.shift.date.isoformat()])
    reason = pages.read_text(request.POST, "alasan")
    if reason not in ReleaseReason.values:
        messages.error(request, _("Pilih alasan mengapa janji ini dilepas."))
    elif promises.release_promise(
        visit=visit.pk, reason=ReleaseReason(reason), actor=log.actor_of(pages.staff_user(request))
    ):
        messages.success(
            request,
            _("Janji dilepas. Rencana berikutnya boleh memindahkan kunjungan ini; kabari keluarganya."),
        )
    else:
        messages.info(request, _("Kunjungan ini tidak sedang dijanjikan, atau timnya sudah menuju ke sana."))
    return _redirect_back(request, page)


def promise_urls(guard: pages.Guard) -> list[URLPattern]:
    return [
        path("<int:team_id>/<str:on>/janji/", guard(make_promises_view), name="visits_teamday_promise"),
        path("janji/<uuid:visit_id>/lepas/", guard(release_promise_view), name="visits_visit_release"),
    ]
