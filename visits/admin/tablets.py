"""Tablets in the admin: the list, one tablet with its missing data, pairing by code and QR, revoking."""

from urllib.parse import urlencode
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.services import log
from visits.admin import pages
from visits.enums import DeviceState, KeyRole
from visits.keys import office_keys
from visits.models import Capture, Device, Team, TeamMessage
from visits.tablets import devices, tablet_status
from visits.workforce import team_messages

LATEST = 10


class PairForm(forms.Form):
    """The team that the tablet joins."""

    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=gettext_lazy("Tablet ini untuk tim"),
        error_messages={"required": gettext_lazy("Pilih tim yang akan memakai tablet ini.")},
    )


class MessageForm(forms.Form):
    """A message for a team."""

    text = forms.CharField(
        label=gettext_lazy("Pesan untuk tim ini"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Tampil di tablet sampai dibaca. Jangan tulis NIK atau keadaan kesehatan."),
        error_messages={
            "required": gettext_lazy("Tulis pesannya dahulu."),
            "max_length": gettext_lazy("Pesan terlalu panjang. Paling banyak 500 huruf."),
        },
    )


@pages.require_permissions("visits.view_device")
@require_GET
def tablet_list_view(request: HttpRequest) -> HttpResponse:
    return pages.render_page(
        request,
        "admin/visits/device/list.html",
        model=Device,
        title=_("Tablet"),
        rows=tablet_status.list_tablets(),
    )


@pages.require_permissions("visits.view_device", to_post="visits.change_device")
@require_http_methods(["GET", "POST"])
def tablet_view(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """One tablet; POST writes a message to its team."""
    device = get_object_or_404(Device.objects.select_related("team"), pk=device_id)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = pages.staff_user(request)
        team_messages.write_message(
            team=device.team, text=form.cleaned_data["text"], user=user, actor=log.actor_of(user)
        )
        messages.success(request, _("Pesan akan tampil di tablet saat tersambung."))
        return redirect("admin:visits_device_change", device.pk)
    return pages.render_page(
        request,
        "admin/visits/device/device.html",
        model=Device,
        title=device.name,
        device=device,
        form=form,
        gaps=tablet_status.find_number_gaps(device),
        captures=Capture.objects.filter(device=device).select_related("status")[:LATEST],
        unread=TeamMessage.objects.filter(team=device.team, read_at__isnull=True),
        can_revoke=device.state == DeviceState.ACTIVE,
    )


@pages.require_permissions("visits.add_device")
@never_cache
@require_http_methods(["GET", "POST"])
def pair_tablet_view(request: HttpRequest) -> HttpResponse:
    """Make a one-time pairing code for a team; it is shown only on this page."""
    form = PairForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = pages.staff_user(request)
        team = form.cleaned_data["team"]
        code, row = devices.make_pairing_code(team=team, user=user, actor=log.actor_of(user))
        link = f"{settings.TABLET_URL}/#{urlencode({'kode': code, 'sidik': office_keys.current_key(KeyRole.SERVER).kid})}"
        return pages.render_page(
            request,
            "admin/visits/device/paired.html",
            model=Device,
            title=_("Kode untuk %(team)s") % {"team": team.name},
            code=code,
            row=row,
            address=settings.TABLET_URL,
            qr=segno.make(link, error="m").svg_data_uri(scale=5, border=2),
        )
    return pages.render_page(
        request,
        "admin/visits/device/pair.html",
        model=Device,
        title=_("Pasangkan tablet"),
        status=400 if form.errors else 200,
        form=form,
        no_key=not office_keys.key_exists(KeyRole.CAPTURE),
    )


@pages.require_permissions("visits.change_device")
@require_POST
def revoke_tablet_view(request: HttpRequest, device_id: UUID) -> HttpResponse:
    device = get_object_or_404(Device, pk=device_id)
    if devices.revoke_device(device=device, actor=log.actor_of(pages.staff_user(request))):
        messages.success(
            request, _("Izin tablet dicabut. Rekaman yang masih di tablet tetap diterima dan akan diperiksa.")
        )
    else:
        messages.info(request, _("Izin tablet ini sudah dicabut sebelumnya."))
    return redirect("admin:visits_device_change", device.pk)


@admin.register(Device)
class DeviceAdmin(pages.Pages):
    pages = [
        ("", tablet_list_view, "changelist"),
        ("pasangkan/", pair_tablet_view, "pair"),
        ("<uuid:device_id>/change/", tablet_view, "change"),
        ("<uuid:device_id>/cabut/", revoke_tablet_view, "revoke"),
    ]
