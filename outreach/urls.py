"""Addresses of the public pages. None contains personal data."""

from django.urls import path, register_converter

from outreach.forms.pages import BY_SLUG
from outreach.views import home, status, wizard


class PageConverter:
    regex = "|".join(BY_SLUG)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PageConverter, "form_page")

app_name = "outreach"
urlpatterns = [
    path("", home.home, name="home"),
    path("data-pribadi/", home.privacy, name="privacy"),
    path("permohonan/mulai/", wizard.begin, name="begin"),
    path("permohonan/buang/", wizard.discard, name="discard"),
    path("permohonan/periksa/", wizard.check, name="check"),
    path("permohonan/terkirim/", wizard.sent, name="sent"),
    path("permohonan/<form_page:slug>/", wizard.page, name="page"),
    path("status/", status.find, name="status"),
    path("status/lihat/", status.show, name="status_show"),
    path("status/keluar/", status.leave, name="status_leave"),
]
