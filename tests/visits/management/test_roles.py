from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_coordinators_may_do_the_days_work_and_a_repeat_gives_what_is_new():
    call_command("roles", stdout=StringIO())
    group = Group.objects.get()
    group.permissions.clear()
    said = StringIO()
    call_command("roles", stdout=said)

    user = User.objects.create_user("sri", is_staff=True)
    user.groups.add(Group.objects.get())
    assert said.getvalue().startswith("Grup Koordinator: ")
    for right in ("outreach.triage_visitrequest", "visits.publish_plan", "visits.change_device"):
        assert user.has_perm(right)
    for wrong in ("visits.delete_team", "auth.change_user"):
        assert not user.has_perm(wrong)
