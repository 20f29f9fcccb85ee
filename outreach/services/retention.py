"""Deletion of what is not kept: expired sessions, half-filled forms, and old counts of tries."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from outreach.models import FormDraft, Throttle


def delete_expired_rows() -> int:
    """Delete expired rows. Returns how many. Safe to repeat."""
    now = timezone.now()
    sessions, _by_model = Session.objects.filter(expire_date__lt=now).delete()
    counts, _by_model = Throttle.objects.filter(until__lte=now).delete()
    drafts, _by_model = FormDraft.objects.filter(touched_at__lt=now - FormDraft.KEPT).delete()
    return sessions + counts + drafts
