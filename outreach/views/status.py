"""The status page: opened by a posted reference and secret, then for a while from the session."""

import json
import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from outreach import form_draft, formats, vault
from outreach.forms.status import StatusForm
from outreach.lib.crypto import SealError
from outreach.models import VisitRequest
from outreach.selectors.status import describe_status
from outreach.services import status
from outreach.views.address import client_address
from outreach.views.decorators import post_only

KEY, TYPED = "status", "status_dicoba"
LONGEST = 100  # characters that are kept of what was typed
OPEN_S = 30 * 60  # then reference and digits are asked for again
CLOCK_S = 60  # how much a clock is put right now and then; set back further, an opening is no longer believed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find_status_view(request: HttpRequest) -> HttpResponse:
    """The form of reference and secret. A wrong try is shown by a GET after the POST, so that Back never asks
    to send a form again."""
    if request.method == "POST":
        return _try_secret(request)
    typed, problem = _pop_last_try(request)
    form = StatusForm(typed)
    if form.is_valid() and problem:
        form.add_error(None, problem)
    return render(request, "outreach/status_find.html", {"form": form, "errors": form.errors})


def _try_secret(request: HttpRequest) -> HttpResponse:
    form, problem = StatusForm(request.POST), ""
    if form.is_valid():
        found = status.look_up_status(
            typed_reference=form.cleaned_data["reference"],
            secret=form.cleaned_data["secret"],
            address=client_address(request),
        )
        if found.request:
            request.session.cycle_key()  # whoever knew this session before does not see the status
            request.session[KEY] = [str(found.request.pk), time.time()]
            return redirect("outreach:status_show")
        problem = _describe_refusal(found)
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in form.fields}
    request.session[TYPED] = vault.seal_draft(json.dumps([typed, problem]), place=TYPED)
    return redirect("outreach:status")


def _pop_last_try(request: HttpRequest) -> tuple[dict[str, str] | None, str]:
    """What the last try typed, and the message about it. Removed from the session, because the phone may be
    shared."""
    sealed = request.session.pop(TYPED, "")
    try:
        typed, problem = json.loads(vault.unseal_draft(sealed, place=TYPED)) if sealed else (None, "")
    except (SealError, ValueError):
        return None, ""
    return typed, problem


def _describe_refusal(found: status.StatusLookup) -> str:
    if found.wait_until:
        return _("Belum bisa dibuka sekarang. Coba lagi setelah %(moment)s, atau %(contact)s") % {
            "moment": formats.format_wait_end(found.wait_until),
            "contact": formats.format_contact(),
        }
    if found.digits_from:
        return _(
            "Untuk sementara empat angka tidak cukup, karena sudah banyak percobaan yang salah. Tulis nomor HP "
            "lengkap seperti di formulir, atau kode dari bukti permohonan. Empat angka bisa dipakai lagi setelah "
            "%(moment)s."
        ) % {"moment": formats.format_wait_end(found.digits_from)}
    return _("Nomor permohonan dan angka atau kode itu tidak cocok. Periksa keduanya, lalu coba lagi.")


@never_cache
@require_safe
def show_status_view(request: HttpRequest) -> HttpResponse:
    pk, opened = request.session.get(KEY, [None, 0])
    row = None
    if -CLOCK_S < time.time() - opened < OPEN_S:
        row = (
            VisitRequest.objects.select_related("village", "need")
            .defer("village__boundary")
            .filter(pk=pk)
            .first()
        )
    if row is None:
        return redirect("outreach:status")
    return render(request, "outreach/status_show.html", {"status": describe_status(row)})


@post_only
def leave_status_view(request: HttpRequest) -> HttpResponse:
    """Close the status page and the confirmation of a request, on a shared phone."""
    request.session.pop(KEY, None)
    form_draft.close_sent(request)
    return redirect("outreach:status")
