"""Changing a draft by hand: a visit moved back to where it is published."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from visits.admin import pages
from visits.models import Plan
from visits.schedule.plans import draft_moves


@pages.require_permissions("visits.change_plan", "visits.publish_plan")
@require_POST
def keep_visit_view(request: HttpRequest, plan_id: UUID, need_id: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=plan_id)
    try:
        draft_moves.put_back(plan=plan, need=str(need_id), user=pages.staff_user(request))
    except draft_moves.CannotKeepError as error:
        if error.code == "same":
            messages.info(request, _("Kunjungan ini sudah seperti semula dalam rancangan ini."))
        else:
            messages.error(request, _describe_refusal(error.code))
    else:
        messages.success(
            request, _("Kunjungan ini tetap seperti semula. Rancangan dan angkanya sudah diperbarui.")
        )
    return redirect("admin:visits_plan_publish", plan.pk)


def _describe_refusal(code: str) -> str:
    texts = {
        "gone": _("Rancangan ini tidak dapat diubah lagi: sudah terbit, dibuang, atau keadaan berubah."),
        "price": _(
            "Kunjungan ini tidak bisa lagi tetap tanpa menggeser keluarga lain. Lihat harganya di bawah."
        ),
    }
    return texts[code]
