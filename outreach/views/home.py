"""The home page, and the privacy notice in full."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outreach import form_draft, notice
from outreach.selectors import region
from outreach.selectors.flow import Stage, describe_usual_wait


@never_cache
@require_safe
def home_view(request: HttpRequest) -> HttpResponse:
    context = {
        "regency": region.get_regency(),
        "half_filled": form_draft.list_drafts(request),
        "usual": describe_usual_wait(Stage.PLANNED),
    }
    return render(request, "outreach/home.html", context)


@require_safe
def privacy_view(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "outreach/privacy.html",
        {"notice": notice.notice_paragraphs()[:-1], "rights": notice.rights_paragraph()},
    )
