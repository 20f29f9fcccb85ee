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
    path("", home.home_view, name="home"),
    path("data-pribadi/", home.privacy_view, name="privacy"),
    path("permohonan/mulai/", wizard.begin_form_view, name="begin"),
    path("permohonan/<slug:draft_id>/buang/", wizard.discard_form_view, name="discard"),
    path("permohonan/<slug:draft_id>/periksa/", wizard.check_answers_view, name="check"),
    path("permohonan/<slug:draft_id>/terkirim/", wizard.request_sent_view, name="sent"),
    path("permohonan/<slug:draft_id>/<form_page:slug>/", wizard.form_page_view, name="page"),
    path("status/", status.find_status_view, name="status"),
    path("status/lihat/", status.show_status_view, name="status_show"),
    path("status/keluar/", status.leave_status_view, name="status_leave"),
]
