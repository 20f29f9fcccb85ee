"""What is not kept: half-filled forms and other sessions that ran out, and old counts of tries."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from outreach.models import Throttle
from outreach.services.limits import KEEP


def forget_old() -> int:
    """Delete them; how many rows went. Safe to repeat."""
    now = timezone.now()
    sessions, _by_model = Session.objects.filter(expire_date__lt=now).delete()
    counts, _by_model = Throttle.objects.filter(since__lt=now - KEEP).delete()
    return sessions + counts
