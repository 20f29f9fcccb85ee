import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


@pytest.fixture
def login():
    """`login("triage_visitrequest", ...)`: a browser of a member of staff with just these permissions."""

    def make(*codenames: str, staff: bool = True) -> Client:
        user = get_user_model().objects.create_user("koordinator", password="x", is_staff=staff)
        found = Permission.objects.filter(codename__in=codenames, content_type__app_label="outreach")
        assert len(found) == len(codenames)
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def coordinator(login) -> Client:
    client: Client = login(
        *("view_visitrequest", "triage_visitrequest", "reveal_sealed"),
        *("view_resident", "view_need", "decide_need", "view_logentry", "view_village"),
    )
    return client
