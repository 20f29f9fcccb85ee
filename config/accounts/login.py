"""The office's login: at most so many tries from one address, whichever names they try. Beside it django-axes
counts wrong passwords for each name and address. Both say until when they wait."""

from typing import Any

from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import formats
from outreach.services import limits
from outreach.views.address import client_address

ADDRESS_LIMIT = limits.TryLimit(name="login", tries=40, minutes=15)


class StaffLoginForm(AdminAuthenticationForm):
    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        address = client_address(self.request)
        answer = limits.count_try(ADDRESS_LIMIT, address)
        if not answer.allowed:
            raise ValidationError(
                _("Terlalu banyak percobaan masuk dari sambungan ini. Coba lagi setelah %(moment)s.")
                % {"moment": formats.format_wait_end(answer.again_at)},
                code="too_many",
            )
        cleaned: dict[str, Any] = super().clean()
        limits.take_back_try(ADDRESS_LIMIT, address)
        return cleaned


def show_locked_page(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """What django-axes answers after too many wrong passwords for one name from one address: until when."""
    tries = AccessAttempt.objects.filter(
        username=get_client_username(request, credentials), ip_address=client_address(request)
    )
    last = tries.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    context = {
        "title": _("Belum bisa masuk"),
        "moment": formats.format_wait_end(last + get_cool_off(request)),
        **admin.site.each_context(request),
    }
    return render(request, "admin/accounts/locked.html", context, status=429)
