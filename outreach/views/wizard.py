"""The request form: one page a question, a check page, a confirmation. Works without JavaScript."""

import hashlib
import json
import time
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.i18n import set_language

from outreach import form_draft, formats, notice, vault
from outreach.enums import Relation, ResidentKind, Skill, Suspicion
from outreach.forms.pages import BY_SLUG, PAGES
from outreach.forms.places import office_parts_of_day
from outreach.lib.births import birth_range
from outreach.lib.nik import parse_nik
from outreach.models import VisitRequest
from outreach.selectors.flow import Stage, describe_usual_wait
from outreach.selectors.promises import promised_day
from outreach.services import intake, request_limits
from outreach.views.address import client_address
from outreach.views.decorators import post_only, tell_script

PROBLEM = "belum_terkirim"


def _redirect_to_page(draft: form_draft.Draft, slug: str | None) -> HttpResponseRedirect:
    return redirect("outreach:page", draft.id, slug) if slug else redirect("outreach:check", draft.id)


@post_only
def begin_form_view(request: HttpRequest) -> HttpResponse:
    """Start a form for somebody; what is half-filled stays where it is."""
    return _redirect_to_page(form_draft.begin_draft(request), PAGES[0].slug)


@post_only
def discard_form_view(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Delete a half-filled form."""
    form_draft.drop_draft(request, draft_id)
    return redirect("outreach:home")


def _render_closed(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The page of a draft that cannot be opened: it was sent and closed, or it is not kept any more."""
    sent = VisitRequest.objects.filter(form_token=draft_id).exists()
    return render(request, "outreach/closed.html", {"sent": sent}, status=200 if sent else 404)


@never_cache
@tell_script
@require_http_methods(["GET", "HEAD", "POST"])
def form_page_view(request: HttpRequest, draft_id: str, slug: str) -> HttpResponse:
    """One question. `ubah` means that the check page asked for it and is shown next.

    A wrong answer is stored and shown by a GET after the POST, so that Back never asks to send a form again.
    """
    if request.method == "POST":
        with form_draft.change_draft(request, draft_id) as draft:
            if draft is not None and not draft.sent:
                return _take_answers(request, draft, slug)
    draft = form_draft.load_draft(request, draft_id)
    if draft is None:
        return _render_closed(request, draft_id)
    return redirect("outreach:sent", draft.id) if draft.sent else _render_page(request, draft, slug)


def _take_answers(request: HttpRequest, draft: form_draft.Draft, slug: str) -> HttpResponse:
    """Store what was typed, and say where to go: on, or back to the page that is left without an answer."""
    changing, number = "ubah" in request.POST, PAGES.index(BY_SLUG[slug]) + 1
    here = reverse("outreach:page", args=[draft.id, slug]) + ("?ubah=1" if changing else "")
    leaving = next((name for name in ("simpan", "language", "kembali") if name in request.POST), "")
    if leaving:
        draft.keep_unsent(slug, request.POST)
        if leaving == "simpan":  # the script's, when the page is left
            return HttpResponse(status=204)
        return (
            set_language(request) if leaving == "language" else redirect(_back_address(draft, slug, changing))
        )
    draft.keep(slug, request.POST)
    filled = form_draft.check_pages(draft, until=slug)
    if filled.missing:
        return _redirect_to_page(draft, filled.missing)
    if not BY_SLUG[slug](draft.data(slug), before=filled.found).is_valid():
        return redirect(here)
    rest = form_draft.check_pages(draft).missing
    return _redirect_to_page(draft, rest if changing or number == len(PAGES) else PAGES[number].slug)


def _render_page(request: HttpRequest, draft: form_draft.Draft, slug: str) -> HttpResponse:
    filled = form_draft.check_pages(draft, until=slug)
    if filled.missing:
        return _redirect_to_page(draft, filled.missing)
    unsent = draft.unsent_data(slug)
    data = draft.data(slug) if unsent is None else unsent
    form = BY_SLUG[slug](data, before=filled.found)
    if unsent is not None:
        form.leave_unchecked()
    context = {
        "form": form,
        "number": PAGES.index(BY_SLUG[slug]) + 1,
        "count": len(PAGES) + 1,
        "changing": "ubah" in request.GET,
        "errors": form.errors if data is not None else {},
    }
    return render(request, "outreach/page.html", context)


def _back_address(draft: form_draft.Draft, slug: str, changing: bool) -> str:
    if changing:
        return reverse("outreach:check", args=[draft.id])
    number = PAGES.index(BY_SLUG[slug])
    return (
        reverse("outreach:page", args=[draft.id, PAGES[number - 1].slug])
        if number
        else reverse("outreach:home")
    )


def _build_intake(found: dict[str, Any]) -> intake.Intake:
    """The answers of all pages as input of the service."""
    return intake.Intake(
        relation=Relation(found["relation"]),
        name=found["name"],
        kind=ResidentKind(found["kind"]),
        village=found["village"],
        birth_date=found["birth_date"],
        birth_basis=found["birth_basis"],
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


def _weigh_form(
    request: HttpRequest, draft: form_draft.Draft, data: intake.Intake
) -> tuple[str, list[Suspicion]]:
    """Why the form cannot be sent now ("" if it can), and what the coordinator should look at. The draft stays
    in any case."""
    again = _("Mohon periksa lagi jawabannya, lalu tekan Kirim sekali lagi.")
    # a start in the future means that our clock was set back, and says nothing about the sender
    if 0 <= time.time() - draft.started < settings.FORM_MINIMUM_SECONDS:
        return again, []
    found = request_limits.weigh_request(
        address=client_address(request),
        phone=data.phone,
        nik=data.nik,
        trapped=bool(request.POST.get("situs")),
    )
    if found.wait_until:
        text = _(
            "Belum bisa dikirim sekarang. Coba lagi setelah %(moment)s. Jawaban Bapak/Ibu tersimpan di sini "
            "selama halaman ini dibuka."
        )
        return text % {"moment": formats.format_wait_end(found.wait_until)}, []
    if found.marks and not draft.asked_again:
        draft.asked_again, draft.started = True, time.time()
        return again, []
    return "", found.marks


def _shown_text(filled: form_draft.CheckedPages) -> list[Any]:
    """All that the check page shows and its button agrees to."""
    answers = [[str(text) for pair in form.answers() for text in pair] for form in filled.forms]
    return [answers, notice.notice_paragraphs(), notice.agreement_text()]


def _shown_version(filled: form_draft.CheckedPages) -> str:
    """By which the check page's form tells what it showed: only that is sent."""
    return hashlib.sha256(json.dumps(_shown_text(filled)).encode()).hexdigest()


def _send(request: HttpRequest, draft: form_draft.Draft) -> str:
    """Make the request of a draft that is locked; the problem, "" if it is sent."""
    filled = form_draft.check_pages(draft)
    if filled.missing or request.POST.get("versi") != _shown_version(filled):
        return _("Jawaban di halaman ini sudah berubah, mungkin di tab lain. Periksa lagi, lalu kirim.")
    data = _build_intake(filled.found)
    problem, marks = _weigh_form(request, draft, data)
    if not problem:
        consent = intake.Consent(text_version=notice.notice_version(), text_sha256=notice.notice_sha256())
        intake.submit_request(form_token=draft.id, data=data, consent=consent, marks=marks)
        draft.sent = True
    return problem


@never_cache
@tell_script
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers_view(request: HttpRequest, draft_id: str) -> HttpResponse:
    """All answers, the notice, and the submit button."""
    if request.method == "POST":
        with form_draft.change_draft(request, draft_id) as draft:
            problem = _send(request, draft) if draft is not None and not draft.sent else ""
        if problem:
            request.session[PROBLEM] = [draft_id, problem]
            return redirect("outreach:check", draft_id)
    draft = form_draft.load_draft(request, draft_id)
    if draft is None:
        return _render_closed(request, draft_id)
    if draft.sent:
        return redirect("outreach:sent", draft.id)
    filled = form_draft.check_pages(draft)
    return (
        _redirect_to_page(draft, filled.missing) if filled.missing else _render_check(request, draft, filled)
    )


def _render_check(
    request: HttpRequest, draft: form_draft.Draft, filled: form_draft.CheckedPages
) -> HttpResponse:
    of, problem = request.session.pop(PROBLEM, ["", ""])
    context = {
        "draft": draft,
        "pages": [(form.slug, form.answers()) for form in filled.forms],
        "count": len(PAGES) + 1,
        "version": _shown_version(filled),
        "notice": notice.notice_paragraphs(),
        "agreement": notice.agreement_text(),
        "problem": problem if of == draft.id else "",
        "back": reverse("outreach:page", args=[draft.id, PAGES[-1].slug]),
        "nik_disagrees": _nik_disagreement(filled.found),
    }
    return render(request, "outreach/check.html", context)


def _nik_disagreement(found: dict[str, Any]) -> str:
    """The NIK's birth date if it differs from the typed one; a hint only."""
    born, basis = found["birth_date"], found["birth_basis"]
    if not found["nik"] or born is None:
        return ""
    nik = parse_nik(found["nik"], today=timezone.localdate())
    first, last = birth_range(born, basis)
    if any(first <= birth <= last for birth in nik.births):
        return ""
    return formats.format_long_date(min(nik.births, key=lambda birth: abs(birth - born)))


@never_cache
@require_safe
def request_sent_view(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The confirmation with the reference and the next steps. Once it is closed, or on another phone, the
    status page replaces it."""
    draft = form_draft.load_draft(request, draft_id)
    if draft is None:
        return _render_closed(request, draft_id)
    if not draft.sent:
        return redirect("outreach:check", draft.id)
    row = VisitRequest.objects.select_related("village").get(form_token=draft.id)
    link = request.build_absolute_uri(reverse("outreach:status")) + f"#{row.reference}"
    code = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=False)
    received = timezone.localdate(row.received_at)
    context = {
        "row": row,
        "initials": formats.format_initials(row.name),
        "code": "" if row.phone_tail_index else vault.status_code(row),
        "qr": mark_safe(code),  # noqa: S308  # made by segno from our own address
        "checked_by": formats.format_long_date(promised_day(Stage.DECIDED, received)),
        "planned_by": formats.format_long_date(
            promised_day(Stage.PLANNED, max(received, row.not_before or received))
        ),
        "contact": formats.format_contact(),
        "usual": describe_usual_wait(Stage.PLANNED),
    }
    return render(request, "outreach/sent.html", context)
