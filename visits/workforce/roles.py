"""The group of coordinators with its permissions."""

from django.contrib.auth.models import Group, Permission

COORDINATORS = "Koordinator"


def ensure_coordinators() -> Group:
    """The group with all permissions of the office's daily work except deleting; created or completed."""
    group, _made = Group.objects.get_or_create(name=COORDINATORS)
    rows = Permission.objects.filter(content_type__app_label__in=("outreach", "visits"))
    group.permissions.set(rows.exclude(codename__startswith="delete_"))
    return group
