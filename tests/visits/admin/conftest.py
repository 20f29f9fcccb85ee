import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client


def staff(*permissions: str) -> Client:
    """A member of staff with these permissions only, signed in."""
    user = User.objects.create_user(f"staf-{User.objects.count()}", is_staff=True)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def coordinator(db) -> Client:
    """May do everything with plans."""
    return staff("visits.view_plan", "visits.add_plan", "visits.change_plan", "visits.publish_plan")


@pytest.fixture
def onlooker(db) -> Client:
    """May only look at plans."""
    return staff("visits.view_plan")


@pytest.fixture
def nobody(db) -> Client:
    """Staff without any permission."""
    return staff()
