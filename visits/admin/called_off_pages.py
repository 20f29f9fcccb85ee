"""The families whose visits the office called off: tell them, and plan them again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from outreach.services import log
from visits.admin import pages
from visits.appointments import call_offs, phones
from visits.models import TeamDay, Visit
from visits.schedule.dispatch import called_off_visits
from visits.schedule.plans import taking_out


@pages.require_permissions("visits.view_teamday")
@require_GET
def called_off_view(request: HttpRequest) -> HttpResponse:
    """All of them, by day and team, with telephones for who may tell them."""
    may_call = request.user.has_perm("visits.publish_plan")
    days = called_off_visits.list_called_off(phones=may_call)
    for day in days:
        phones.log_phone_look(
            subject=day.shift,
            numbers=[family.phone for family in day.families],
            user=pages.staff_user(request),
        )
    today = timezone.localdate()
    ahead = [day.shift.date for day in days if day.shift.date > today]
    return pages.render_page(
        request,
        "admin/visits/day/called_off.html",
        model=TeamDay,
        title=_("Kunjungan yang batal"),
        days=days,
        owed=called_off_visits.list_owed(),
        ahead=(min(ahead), max(ahead)) if ahead else None,
        today=today,
        may_call=may_call,
    )


@pages.require_permissions("visits.view_teamday", "visits.publish_plan")
@require_POST
def called_off_act_view(request: HttpRequest) -> HttpResponse:
    """Note that these families know, or give their visits back to the queue."""
    actor = log.actor_of(pages.staff_user(request))
    rows = _asked_visits(request)
    if "antrean" in request.POST:
        count = sum(taking_out.return_to_queue(visit=visit, actor=actor) for visit in rows)
        said = _("%(count)d kunjungan dikembalikan ke antrean.")
    else:
        count = sum(call_offs.note_told(visit=visit, actor=actor) for visit in rows)
        said = ngettext(
            "%(count)d keluarga dicatat sudah tahu kunjungannya batal.",
            "%(count)d keluarga dicatat sudah tahu kunjungannya batal.",
            count,
        )
    if count:
        messages.success(request, said % {"count": count})
    else:
        messages.info(
            request, _("Tidak ada yang berubah: kunjungan itu sudah dijadwalkan lagi atau dicatat.")
        )
    return redirect("admin:visits_teamday_called_off")


def _asked_visits(request: HttpRequest) -> list[Visit]:
    try:
        asked = {UUID(text) for text in request.POST.getlist("kunjungan")}
    except ValueError:
        raise Http404 from None
    rows = called_off_visits.called_off_visits().filter(pk__in=asked)
    return list(rows.select_related("need", "shift").order_by("pk"))


def called_off_urls(guard: pages.Guard) -> list[URLPattern]:
    return [
        path("batal/", guard(called_off_view), name="visits_teamday_called_off"),
        path("batal/catat/", guard(called_off_act_view), name="visits_teamday_called_off_act"),
    ]
