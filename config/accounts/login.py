"""The office's login: at most so many tries from one address, whichever names they try. Beside it django-axes
counts wrong passwords for each name."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

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
                % {"moment": date_format(timezone.localtime(answer.again_at), "j F Y, H.i")},
                code="too_many",
            )
        cleaned: dict[str, Any] = super().clean()
        limits.take_back_try(ADDRESS_LIMIT, address)
        return cleaned
