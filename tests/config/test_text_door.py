"""Every field that people or tablets fill with text goes through `outreach.lib.text`: walked, not listed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client, RequestFactory

from outreach import vault
from outreach.forms import pages
from tests.factories.outreach import ResidentFactory, VillageFactory, VisitRequestFactory
from tests.factories.visits import OfficerFactory, TeamFactory
from tests.support.pasted import paste

OURS = ("outreach.", "visits.", "config.")
APPS = ("outreach", "visits", "auth")  # the queue's own pages search no texts of ours
NIK = "3519015705500001"


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    one: type[Any]
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _admin_forms() -> Iterator[type[Any]]:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    for model_admin in admin.site._registry.values():
        if model_admin.has_add_permission(request):
            yield model_admin.get_form(request)
            for inline in model_admin.get_inline_instances(request):
                yield inline.get_formset(request).form


def _forms() -> set[type[Any]]:
    found = {form for form in _subclasses(forms.BaseForm) if form.__module__.startswith(OURS)}
    return found | set(_admin_forms())


SAMPLES: list[tuple[type[forms.Field], str]] = [
    (forms.DateField, "1950-05-17"),
    (forms.TimeField, "07:30"),
    (forms.DateTimeField, "1950-05-17 07:30"),
    (forms.IntegerField, "5"),
    (forms.FloatField, "-7.5"),
    (forms.EmailField, "a-1@contoh.id"),
    (forms.CharField, "12.00-13.00"),
]


def _texts() -> Iterator[tuple[str, forms.Field, str]]:
    """Every field of every form that takes typed text, with a text that fits into it."""
    for form in sorted(_forms(), key=lambda form: f"{form.__module__}.{form.__qualname__}"):
        for name, field in form.base_fields.items():
            boxes = field.fields if isinstance(field, forms.MultiValueField) else (field,)
            for box in boxes:
                sample = next((text for kind, text in SAMPLES if isinstance(box, kind)), None)
                if sample and not isinstance(box.widget, forms.PasswordInput | forms.HiddenInput):
                    yield f"{form.__module__}.{form.__qualname__}.{name}", box, sample


def _echo(client: Client, data: dict[str, str], *, address: str = "/echo/") -> dict[str, Any]:
    answer: dict[str, Any] = client.post(f"{address}?q={data.get('q', '')}", data).json()
    return answer


@pytest.fixture
def echo(settings, client: Client):
    settings.ROOT_URLCONF = "tests.support.echo_urls"
    return lambda data, **where: _echo(client, data, **where)


@pytest.mark.django_db
def test_every_field_of_every_form_is_given_the_clean_text(echo) -> None:
    fields = list(_texts())
    sent = {f"{place} {name}": paste(sample) for place, (name, _box, sample) in enumerate(fields)}

    given = echo(sent)["post"]

    assert len(fields) > 40  # the walk finds them
    assert {name.split(".")[0] for name, *_rest in fields} >= {"outreach", "visits"}
    for place, (name, _box, sample) in enumerate(fields):
        (text,) = given[f"{place} {name}"]
        assert text == sample, name


def test_what_views_read_without_a_form_and_searches_in_addresses_are_clean_too(echo) -> None:
    given = echo({"q": paste("Nur Hayati"), "alasan": paste("1-2")})

    assert given == {"post": {"q": ["Nur Hayati"], "alasan": ["1-2"]}, "get": {"q": ["Nur Hayati"]}}


def test_a_password_stays_as_it_was_typed(echo) -> None:
    typed = {"password": "\u00a0a\u2013b ", "new_password1": "\u0661"}

    assert echo(typed)["post"] == {name: [text] for name, text in typed.items()}


@pytest.mark.django_db
def test_every_admin_search_finds_what_was_pasted(client: Client) -> None:
    client.force_login(User.objects.create_superuser("kepala-1"))
    VillageFactory(name="Desa 12-3")
    OfficerFactory(name="Petugas 12-3", team=TeamFactory(name="Tim 12-3"))
    text = "12-3"
    registered = admin.site._registry.items()
    searched = [model for model, row in registered if row.search_fields and model._meta.app_label in APPS]
    for model in searched:
        names: type[Model] = model
        address = f"/admin/{names._meta.app_label}/{names._meta.model_name}/"
        if names is User:
            User.objects.create_user("akun-12-3")
        elif not names._default_manager.filter(name__contains=text).exists():
            names._default_manager.create(name=text)  # a group of accounts
        page = client.get(address, {"q": paste(text)})
        assert page.context["cl"].result_count == 1, address
    assert len(searched) >= 3


@pytest.mark.django_db
def test_the_offices_own_searches_find_a_pasted_nik(client: Client) -> None:
    client.force_login(User.objects.create_superuser("kepala"))
    index = vault.blind_index("nik", NIK)
    VisitRequestFactory(name="Sulastri", nik_index=index)
    ResidentFactory(name="Sulastri", nik_index=index)
    for model in ("visitrequest", "resident"):
        page = client.post(f"/admin/outreach/{model}/", {"cari": paste(NIK)}).content.decode()
        assert "Sulastri" in page


def test_the_pages_of_the_public_form_are_walked() -> None:
    assert set(pages.PAGES) <= _forms()
