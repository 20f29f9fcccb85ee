"""The page that imports records from a file that a tablet saved without a network."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from outreach.services import log
from visits.admin import pages
from visits.lib.problems import PROBLEMS
from visits.models import Capture
from visits.records import carry_bundles

WORDS = {
    "stored": gettext_lazy("Diterima dan tersimpan"),
    "known": gettext_lazy("Sudah ada pada kami"),
    "incomplete": gettext_lazy("Belum lengkap: sebagian data tidak ada dalam berkas"),
}


class CarriedForm(forms.Form):
    """The file, as saved by the tablet."""

    file = forms.FileField(
        label=gettext_lazy("Berkas dari tablet"),
        help_text=gettext_lazy("Berkas jemput-bola-….zip dari “Simpan ke berkas” di tablet."),
        widget=forms.ClearableFileInput({"accept": ".zip"}),
        error_messages={
            "required": gettext_lazy("Pilih berkas dari tablet dahulu."),
            "empty": gettext_lazy("Berkas ini kosong. Simpan lagi dari tablet."),
        },
    )


@pages.require_permissions("visits.change_capture")
@require_http_methods(["GET", "POST"])
def take_bundle_view(request: HttpRequest) -> HttpResponse:
    """Import the records of a file and show the result of each. Safe to repeat."""
    posted = request.method == "POST"
    form = CarriedForm(request.POST, request.FILES) if posted else CarriedForm()
    rows = []
    if posted and form.is_valid():
        try:
            taken = carry_bundles.take_bundle(
                file=form.cleaned_data["file"].file, actor=log.actor_of(pages.staff_user(request))
            )
            rows = [(one, WORDS.get(one.result) or PROBLEMS[one.result].title) for one in taken]
        except carry_bundles.NotABundleError:
            form.add_error(
                "file", _("Ini bukan berkas “Simpan ke berkas” dari tablet. Pilih berkas yang lain.")
            )
    return pages.render_page(
        request,
        "admin/visits/capture/carried.html",
        model=Capture,
        title=_("Terima berkas yang dibawa"),
        status=400 if form.errors else 200,
        form=form,
        rows=rows,
    )
