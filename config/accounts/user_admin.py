"""Django's page of accounts, with the second step of each."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import two_factor


class OfficeUserAdmin(UserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "second_step")
    actions = ("reset_second_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_second_step=Exists(devices))

    @admin.display(description=_("Langkah kedua"), boolean=True)
    def second_step(self, user: User) -> bool:
        return bool(getattr(user, "has_second_step", False))

    @admin.action(description=_("Lepas langkah kedua (ponsel hilang)"), permissions=["change"])
    def reset_second_step(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """A coordinator may not take it off somebody with more rights."""
        if not request.user.is_superuser:
            users = users.filter(is_superuser=False)
        count = sum(two_factor.reset(user=user, by=two_factor.staff_of(request)) for user in users)
        said = ngettext("Langkah kedua dilepas dari %d akun.", "Langkah kedua dilepas dari %d akun.", count)
        messages.success(request, said % count)


def register() -> None:
    """In place of Django's page. Devices have no page of their own: it would show their secrets."""
    for model in list(admin.site._registry):
        if model is User or model._meta.app_label in ("otp_totp", "otp_static"):
            admin.site.unregister(model)
    admin.site.register(User, OfficeUserAdmin)
