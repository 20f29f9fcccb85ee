"""Changing a draft by hand: a visit moved back to where it is published, or told other hours than untrue ones."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from visits.admin import pages
from visits.enums import ReleaseReason
from visits.models import Plan
from visits.schedule.plans import draft_moves, new_hours, version_marks
from visits.schedule.plans.draft_move_routes import MoveRefusedError


@pages.require_permissions("visits.change_plan", "visits.publish_plan")
@require_POST
def keep_visit_view(request: HttpRequest, plan_id: UUID, need_id: UUID) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=plan_id)
    try:
        shown = pages.read_text(request.POST, "tanda")
        draft_moves.put_back(plan=plan, need=str(need_id), user=pages.staff_user(request), shown=shown)
    except version_marks.OutdatedPageError:
        messages.warning(request, _describe_refusal("outdated"))
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


@pages.require_permissions("visits.change_plan", "visits.publish_plan")
@require_POST
def new_hours_view(request: HttpRequest, plan_id: UUID, need_id: UUID) -> HttpResponse:
    """Give a family whose hours are not true other ones, or its place up; a promise needs a reason."""
    plan = get_object_or_404(Plan, pk=plan_id)
    asked = pages.read_text(request.POST, "alasan")
    try:
        told = new_hours.give_new_hours(
            plan=plan,
            need=str(need_id),
            reason=ReleaseReason(asked) if asked in ReleaseReason.values else None,
            user=pages.staff_user(request),
            shown=pages.read_text(request.POST, "tanda"),
        )
    except version_marks.OutdatedPageError:
        messages.warning(request, _describe_refusal("outdated"))
    except new_hours.PromiseStandsError:
        messages.error(request, _("Pilih alasan mengapa janji ini dilepas."))
    except MoveRefusedError as error:
        if error.code == "hours":
            text = _("Di hari tim itu ada keluarga lain yang jamnya tidak benar. Buat rencana baru.")
            messages.error(request, text)
        elif error.code == "unknown":
            messages.info(request, _("Jam keluarga ini sudah benar dalam rancangan ini."))
        else:
            messages.error(request, _describe_refusal("gone"))
    else:
        if told:
            text = _("Keluarga ini mendapat jam yang baru, dan masuk daftar yang perlu dikabari.")
        else:
            text = _(
                "Tidak ada jam yang benar di hari tim itu: kunjungan ini keluar dari rancangan, dan keluarganya masuk daftar yang perlu dikabari."
            )
        messages.success(request, text)
    return redirect("admin:visits_plan_publish", plan.pk)


def _describe_refusal(code: str) -> str:
    texts = {
        "outdated": _(
            "Belum diubah: rancangan berubah sejak halaman itu dibuka. Lihat daftar yang baru, lalu pilih lagi."
        ),
        "gone": _("Rancangan ini tidak dapat diubah lagi: sudah terbit, dibuang, atau keadaan berubah."),
        "price": _(
            "Kunjungan ini tidak bisa lagi tetap tanpa menggeser keluarga lain. Lihat harganya di bawah."
        ),
    }
    return texts[code]
