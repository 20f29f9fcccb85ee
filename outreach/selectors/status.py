"""The content of the resident's status page: initials, village, and the steps of the request in plain words.

Read only from the request and the rows of `Progress`, to which `visits` reports, and from what it says in
words (family_news.py).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from outreach import formats
from outreach.enums import Milestone, RequestState
from outreach.models import VisitRequest
from outreach.selectors.flow import Stage
from outreach.selectors.status_steps import StatusStep, coming_steps, describe_need_steps, waiting_step


@dataclass(frozen=True)
class RequestStatus:
    """The content of the page. `finished`: nothing more is expected."""

    reference: str
    initials: str
    village: str
    steps: list[StatusStep]
    finished: bool


def _refused_step(request: VisitRequest) -> StatusStep:
    texts = [request.refusal_reason, _("Bila ada pertanyaan, %s") % formats.format_contact()]
    when = formats.format_moment(request.decided_at) if request.decided_at else ""
    return StatusStep("failed", _("Tidak dapat dilayani di rumah"), when, [text for text in texts if text])


def _joined_step(request: VisitRequest) -> StatusStep:
    """What a request that joined a known person tells until the office has confirmed the family."""
    return StatusStep(
        "waiting",
        _("Digabung dengan data orang yang sudah tercatat"),
        formats.format_moment(request.decided_at) if request.decided_at else "",
        [
            _("Kantor sudah punya data atau permohonan untuk orang ini, jadi keduanya dijadikan satu."),
            _("Demi keamanan, hari kunjungan belum tampil di sini sampai kantor memastikan keluarganya."),
            _("Sebutkan nomor permohonan ini dan siapkan KK: %s") % formats.format_contact(),
        ],
    )


def _cancelled_step() -> StatusStep:
    again = _("Bila masih perlu, ajukan lagi; gratis.")
    return StatusStep("failed", _("Permohonan dibatalkan"), texts=[again])


def describe_status(request: VisitRequest) -> RequestStatus:
    """The status of a request, as its page shows it."""
    asked, finished = request.received_at, False
    steps = [StatusStep("done", _("Permohonan diterima"), formats.format_moment(asked))]
    rows = list(request.need.progress.all()) if request.need else []
    if request.hides_visits:
        steps.append(_joined_step(request))
    elif rows and request.need:
        more, finished = describe_need_steps(request.need, rows, asked=asked)
        steps += more
    elif request.state == RequestState.REFUSED:
        steps, finished = [*steps, _refused_step(request)], True
    elif request.state == RequestState.CANCELLED:
        steps, finished = [*steps, _cancelled_step()], True
    else:
        title = _("Menunggu diperiksa petugas kantor")
        steps.append(waiting_step(title, Stage.DECIDED, since=asked, asked=asked))
        steps += coming_steps({Milestone.ACCEPTED})
    return RequestStatus(
        reference=request.reference,
        initials=formats.format_initials(request.name),
        village=request.village.name,
        steps=steps,
        finished=finished,
    )
