"""The request form: one page a question, a check page, a confirmation. Works without JavaScript."""

import time
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from outreach import form_draft, formats, notice, vault
from outreach.enums import Relation, ResidentKind, Skill
from outreach.forms.pages import BY_SLUG, PAGES
from outreach.forms.places import office_parts_of_day
from outreach.lib.nik import list_disagreements, parse_nik
from outreach.lib.workdays import add_working_days
from outreach.models import VisitRequest
from outreach.services import intake, limits
from outreach.views.address import client_address
from outreach.views.decorators import post_only

SENT, PROBLEM = "terkirim", "belum_terkirim"
# Generous to a village behind one address, a village officer with one phone, a family that tries again.
PER_ADDRESS = limits.TryLimit("request:address", tries=120, minutes=60)
PER_PHONE = limits.TryLimit("request:phone", tries=100, minutes=24 * 60)
PER_NIK = limits.TryLimit("request:nik", tries=6, minutes=24 * 60)


def _redirect_to_page(slug: str | None) -> HttpResponseRedirect:
    return redirect("outreach:page", slug) if slug else redirect("outreach:check")


@post_only
def begin_form_view(request: HttpRequest) -> HttpResponse:
    """Start a form, or continue a half-filled one."""
    draft = form_draft.load_draft(request)
    if draft is None:
        request.session.pop(SENT, None)
        draft = form_draft.Draft()
        form_draft.save_draft(request, draft)
    return _redirect_to_page(form_draft.check_pages(draft).missing)


@post_only
def discard_form_view(request: HttpRequest) -> HttpResponse:
    """Delete the half-filled form."""
    form_draft.drop_draft(request)
    return redirect("outreach:home")


def _redirect_lost(request: HttpRequest) -> HttpResponse:
    """Redirect a visitor without a form: to the confirmation if one was just sent, else to the home page."""
    if SENT in request.session:
        return redirect("outreach:sent")
    text = _("Isian sebelumnya sudah tidak tersimpan karena lama tidak dilanjutkan. Silakan mulai lagi.")
    messages.warning(request, text)
    return redirect("outreach:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_page_view(request: HttpRequest, slug: str) -> HttpResponse:
    """One question. `ubah` means that the check page asked for it and is shown next.

    A wrong answer is stored and shown by a GET after the POST, so that Back never asks to send a form again.
    """
    draft = form_draft.load_draft(request)
    if draft is None:
        return _redirect_lost(request)
    filled = form_draft.check_pages(draft, until=slug)
    if filled.missing:
        return _redirect_to_page(filled.missing)
    changing = "ubah" in request.GET or "ubah" in request.POST
    number = PAGES.index(BY_SLUG[slug]) + 1
    if request.method == "POST":
        draft.keep(slug, request.POST)
        form_draft.save_draft(request, draft)
        if not BY_SLUG[slug](draft.data(slug), before=filled.found).is_valid():
            address = reverse("outreach:page", args=[slug])
            return redirect(f"{address}?ubah=1" if changing else address)
        rest = form_draft.check_pages(draft).missing
        return _redirect_to_page(rest if changing or number == len(PAGES) else PAGES[number].slug)
    data = draft.data(slug)
    form = BY_SLUG[slug](data, before=filled.found)
    context = {
        "form": form,
        "number": number,
        "count": len(PAGES) + 1,
        "changing": changing,
        "back": _back_address(number, changing),
        "errors": form.errors if data is not None else {},
    }
    return render(request, "outreach/page.html", context)


def _back_address(number: int, changing: bool) -> str:
    if changing:
        return reverse("outreach:check")
    return reverse("outreach:page", args=[PAGES[number - 2].slug]) if number > 1 else reverse("outreach:home")


def _build_intake(found: dict[str, Any]) -> intake.Intake:
    """The answers of all pages as input of the service."""
    return intake.Intake(
        relation=Relation(found["relation"]),
        name=found["name"],
        kind=ResidentKind(found["kind"]),
        village=found["village"],
        birth_date=found["birth_date"],
        married=found["married"],
        nik=found["nik"],
        phone=found["phone"],
        applicant_name=found.get("applicant_name", ""),
        address=found["address"],
        rt=found["rt"],
        rw=found["rw"],
        health=found["health"],
        infectious=found["infectious"],
        windows=[office_parts_of_day()[name] for name in found["windows"]],
        weekdays=[int(day) for day in found["weekdays"]],
        not_before=found["not_before"],
        deadline=found["deadline"],
        skills=[Skill(value) for value in found["skills"]],
        made_up=settings.DEMO,
    )


def _submit_problem(request: HttpRequest, draft: form_draft.Draft, data: intake.Intake) -> str:
    """Why the form cannot be sent now; "" if it can. The draft stays in any case."""
    if request.POST.get("situs"):
        return _("Kosongkan kotak \u201cJangan diisi\u201d, lalu kirim lagi.")
    # a start in the future means that our clock was set back, and says nothing about the sender
    if 0 <= time.time() - draft.started < settings.FORM_MINIMUM_SECONDS:
        return _("Formulir terisi terlalu cepat. Baca lagi jawabannya sebentar, lalu kirim.")
    if VisitRequest.objects.filter(form_token=draft.token).exists():
        return ""  # a second press is no second try
    for limit, who in ((PER_ADDRESS, client_address(request)), (PER_PHONE, data.phone), (PER_NIK, data.nik)):
        answer = limits.count_try(limit, who) if who else None
        if answer and not answer.allowed:
            return _(
                "Sedang terlalu banyak permohonan dari sambungan, telepon, atau NIK yang sama. Jawaban Bapak/Ibu "
                "tersimpan di sini selama halaman ini dibuka. Kirim lagi setelah %(moment)s."
            ) % {"moment": formats.format_moment(answer.again_at)}
    return ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers_view(request: HttpRequest) -> HttpResponse:
    """All answers, the notice, and the submit button."""
    draft = form_draft.load_draft(request)
    if draft is None:
        return _redirect_lost(request)
    filled = form_draft.check_pages(draft)
    if filled.missing:
        return _redirect_to_page(filled.missing)
    if request.method == "POST":
        data = _build_intake(filled.found)
        problem = _submit_problem(request, draft, data)
        if problem:
            request.session[PROBLEM] = problem
            return redirect("outreach:check")
        consent = intake.Consent(text_version=notice.notice_version(), text_sha256=notice.notice_sha256())
        done = intake.submit_request(form_token=draft.token, data=data, consent=consent)
        request.session[SENT] = str(done.request.pk)
        form_draft.drop_draft(request)
        return redirect("outreach:sent")
    context = {
        "pages": [(form.slug, form.answers()) for form in filled.forms],
        "count": len(PAGES) + 1,
        "notice": notice.notice_paragraphs(),
        "agreement": notice.agreement_text(),
        "problem": request.session.pop(PROBLEM, ""),
        "back": reverse("outreach:page", args=[PAGES[-1].slug]),
        "nik_disagrees": _nik_disagreement(filled.found),
    }
    return render(request, "outreach/check.html", context)


def _nik_disagreement(found: dict[str, Any]) -> str:
    """The NIK's birth date if it differs from the typed one; a hint only."""
    if not found["nik"]:
        return ""
    nik = parse_nik(found["nik"], today=timezone.localdate())
    return (
        formats.format_long_date(nik.born)
        if list_disagreements(nik, birth_date=found["birth_date"], female=None)
        else ""
    )


@never_cache
@require_safe
def request_sent_view(request: HttpRequest) -> HttpResponse:
    """The confirmation with the reference and the next steps. Later, or on another phone, the status page
    replaces it."""
    row = VisitRequest.objects.filter(pk=request.session[SENT]).first() if SENT in request.session else None
    if row is None:
        return redirect("outreach:status")
    link = request.build_absolute_uri(reverse("outreach:status")) + f"#{row.reference}"
    code = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=False)
    received = timezone.localdate(row.received_at)
    office: dict[str, Any] = {"weekdays": settings.WORK_WEEKDAYS, "country": settings.HOLIDAYS_COUNTRY}
    context = {
        "row": row,
        "code": "" if row.phone_tail_index else vault.status_code(row),
        "qr": mark_safe(code),  # noqa: S308  # made by segno from our own address
        "checked_by": formats.format_long_date(
            add_working_days(received, settings.TARGET_DAYS["decided"][1], **office)
        ),
        "planned_by": formats.format_long_date(
            add_working_days(received, settings.TARGET_DAYS["planned"][1], **office)
        ),
    }
    return render(request, "outreach/sent.html", context)
