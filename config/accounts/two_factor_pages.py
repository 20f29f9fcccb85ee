"""Pages of the second step: giving the code, and setting up the phone."""

from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import segno
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import two_factor
from outreach import formats

Page = Callable[[AdminSite, HttpRequest], HttpResponse]


def _for_staff(page: Page) -> Page:
    @wraps(page)
    def guarded(site: AdminSite, request: HttpRequest) -> HttpResponse:
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return page(site, request)

    return guarded


def _find_way_on(request: HttpRequest) -> str:
    to = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if allowed else reverse("admin:index")


def _show(site: AdminSite, request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    context |= {"next": _find_way_on(request), **site.each_context(request)}
    return render(request, f"admin/accounts/{page}.html", context)


@_for_staff
def verify_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The code from the app, or a recovery code."""
    error = ""
    if two_factor.is_verified(request) or not two_factor.has_device(two_factor.staff_of(request)):
        return HttpResponseRedirect(_find_way_on(request))
    if request.method == "POST":
        code = request.POST.get("code", "")
        wait_until = two_factor.find_wait(request, code)
        if wait_until is None and two_factor.verify(request, code):
            return HttpResponseRedirect(_find_way_on(request))
        error = _describe_refusal(wait_until)
    return _show(site, request, "verify", title=_("Langkah kedua"), error=error)


def _describe_refusal(wait_until: datetime | None) -> str:
    """Why a code was not taken: it is wrong, or it was not looked at after too many wrong ones."""
    if wait_until:
        return _(
            "Terlalu banyak kode keliru, jadi kode ini belum diperiksa. Coba lagi setelah %(moment)s."
        ) % {"moment": formats.format_wait_end(wait_until)}
    return _("Kode ini tidak cocok atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu coba lagi.")


@_for_staff
def enrol_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Sets up the phone; the recovery codes are shown in the answer, and never again."""
    if not two_factor.is_verified(request) and two_factor.has_device(two_factor.staff_of(request)):
        return HttpResponseRedirect(reverse("admin:two_factor_verify"))
    error = ""
    if request.method == "POST":
        codes = two_factor.enrol(request, "".join(request.POST.get("code", "").split()))
        if codes:
            return _show(site, request, "codes", title=_("Simpan kode pemulihan"), codes=codes)
        error = _("Kode ini tidak cocok. Periksa jam di ponsel, lalu ketik kode yang sedang tampil.")
    device = two_factor.offer_device(request)
    return _show(
        site,
        request,
        "enrol",
        title=_("Pasang langkah kedua"),
        error=error,
        qr=_draw(device),
        key=_group(device),
        required=two_factor.is_required(),
        begins=settings.STAFF_TWO_FACTOR_FROM,
        left=two_factor.count_recovery_codes(two_factor.staff_of(request)),
    )


def _draw(device: TOTPDevice) -> str:
    code = segno.make(device.config_url, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=2))


def _group(device: TOTPDevice) -> str:
    """The secret for typing, in groups of four."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
