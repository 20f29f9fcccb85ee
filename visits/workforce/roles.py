"""Groups of the office's accounts, so that nobody ticks permissions one by one."""

from django.contrib.auth.models import Group, Permission

COORDINATORS = "Koordinator"


def coordinators() -> Group:
    """The group with everything of the office's daily work, deleting apart; made, or given what is new."""
    group, _made = Group.objects.get_or_create(name=COORDINATORS)
    rows = Permission.objects.filter(content_type__app_label__in=("outreach", "visits"))
    group.permissions.set(rows.exclude(codename__startswith="delete_"))
    return group
