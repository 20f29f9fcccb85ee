"""Staff read Indonesian in the admin, also where other packages wrote the names."""

from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config import assets
from outreach.models import LogEntry
from tests.architecture.tree import ROOT
from tests.support import msgids

INDONESIAN = ROOT / "config" / "locale" / "id" / "LC_MESSAGES" / "django.po"
THEIRS = [model for model in admin.site._registry if model._meta.app_label in ("django_q", "axes")]


def _names(model: type[Model]) -> set[str]:
    """What the package calls the model, its fields and their choices."""
    with translation.override(None):
        translation.deactivate_all()
        found: list[Any] = [model._meta.verbose_name, model._meta.verbose_name_plural]
        for field in model._meta.fields:
            found += [field.verbose_name, *(label for _value, label in field.choices or [])]
        return {str(name) for name in found}


@pytest.mark.parametrize("model", THEIRS)
def test_every_name_of_another_package_is_said_in_indonesian(model: type[Model]):
    told = {message.id: message.string for message in msgids.catalog(INDONESIAN) if message.id}
    assert sorted(_names(model) - told.keys()) == []
    assert all(told.values())


@pytest.mark.django_db
def test_the_first_page_names_other_packages_in_indonesian(admin_client: Client, settings, tmp_path):
    assets.compile_translations(source=ROOT / "config" / "locale", target=tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    page = admin_client.get(reverse("admin:index")).content.decode()
    for name in ("Tugas berkala", "Tugas gagal", "Tugas selesai", "Tugas dalam antrean", "Riwayat masuk"):
        assert name in page
    assert ">Axes<" not in page.replace("\n", "").replace(" ", "")
    assert str(apps.get_app_config("axes").verbose_name) == "Percobaan masuk"


@pytest.mark.django_db
def test_what_is_set_once_stands_under_a_heading_of_its_own(admin_client: Client, rf, admin_user):
    request = rf.get(reverse("admin:index"))
    request.user = admin_user
    headings = {app["app_label"]: app for app in admin.site.get_app_list(request)}
    assert str(headings["settings"]["name"]) == "Pengaturan"
    assert {"TravelFit", "VisitTime"} <= {model["object_name"] for model in headings["settings"]["models"]}
    assert "TravelFit" not in {model["object_name"] for model in headings["visits"]["models"]}
    assert list(headings)[:3] == ["outreach", "visits", "settings"]
    assert "Pengaturan" in admin_client.get(reverse("admin:index")).content.decode()


def test_django_says_its_mistakes_otherwise():
    told = {message.id: message.string for message in msgids.catalog(INDONESIAN) if message.id}
    mistakes = ("utentidikasi", "utentifikasu", "Diadakan", "iadakan")
    for package in ("admin", "auth"):
        theirs = Path(django.__file__).parent / "contrib" / package / "locale/id/LC_MESSAGES/django.po"
        wrong = [m.id for m in msgids.catalog(theirs) if any(word in str(m.string) for word in mistakes)]
        assert wrong
        assert [message for message in wrong if message not in told] == []


def test_every_column_of_the_log_has_a_name_of_its_own():
    made_by_django = {name: name.replace("_", " ") for name in (f.name for f in LogEntry._meta.fields)}
    assert [f.name for f in LogEntry._meta.fields if f.verbose_name == made_by_django[f.name]] == []
