"""Published days in the admin, read only."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach.services import log
from visits.admin import called_off_pages, pages, promise_pages, today_pages
from visits.appointments import lifecycle, phones
from visits.enums import ReleaseReason
from visits.models import Team, TeamDay
from visits.schedule.dispatch import published_days
from visits.wording import labels


@pages.require_permissions("visits.view_teamday")
@require_GET
def day_list_view(request: HttpRequest) -> HttpResponse:
    return pages.render_page(
        request,
        "admin/visits/day/list.html",
        model=TeamDay,
        title=_("Daftar kunjungan"),
        days=published_days.list_published_days(),
    )


@pages.require_permissions("visits.view_teamday")
@require_GET
def day_view(request: HttpRequest, team_id: int, on: str) -> HttpResponse:
    """One team's day, the live version or an older one by its number."""
    team, day = get_object_or_404(Team, pk=team_id), pages.parse_day(on)
    versions = published_days.list_versions(team=team, on=day)
    asked = request.GET.get("versi", "")
    shown = next((row for row in versions if str(row.number) == asked), versions[0] if versions else None)
    if shown is None:
        raise Http404
    may_call = shown == versions[0] and request.user.has_perm("visits.publish_plan")
    shift, is_newest = published_days.get_version_shift(shown), shown == versions[0]
    homes = published_days.list_stops(shown, shift=shift if is_newest else None, phones=may_call)
    phones.log_phone_look(
        subject=shown, numbers=[home.phone for home in homes], user=pages.staff_user(request)
    )
    return pages.render_page(
        request,
        "admin/visits/day/day.html",
        model=TeamDay,
        title=f"{team.name}, {labels.format_day(day)}",
        team=team,
        day=day,
        shift=shift,
        version=shown,
        is_newest=is_newest,
        versions=versions,
        homes=homes,
        unheard=published_days.count_unheard_visits(team=team, on=day),
        called_off=sum(home.visit is not None and home.visit.is_called_off for home in homes),
        reasons=ReleaseReason.choices,
    )


@pages.require_permissions("visits.view_teamday", "visits.publish_plan")
@require_POST
def give_back_visits_view(request: HttpRequest, team_id: int, on: str) -> HttpResponse:
    """Cancel the visits of a past day that no tablet reported on, so that they are planned again."""
    team, day = get_object_or_404(Team, pk=team_id), pages.parse_day(on)
    count = lifecycle.give_back_visits(
        team=team, on=day, now=timezone.now(), actor=log.actor_of(pages.staff_user(request))
    )
    if count:
        messages.success(request, _("%(count)d kunjungan dikembalikan ke antrean.") % {"count": count})
    else:
        messages.info(request, _("Tidak ada kunjungan yang perlu dikembalikan."))
    return redirect("admin:visits_teamday_page", team.pk, day.isoformat())


@admin.register(TeamDay)
class TeamDayAdmin(pages.Pages):
    pages = [
        ("", day_list_view, "changelist"),
        ("<int:team_id>/<str:on>/", day_view, "page"),
        ("<int:team_id>/<str:on>/antrean/", give_back_visits_view, "give_back"),
    ]

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            *today_pages.today_urls(own),
            *called_off_pages.called_off_urls(own),
            *promise_pages.promise_urls(own),
            *super().get_urls(),
        ]
