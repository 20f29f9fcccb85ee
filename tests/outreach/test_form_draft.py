"""A half-filled form in a session."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.test import RequestFactory

from outreach import form_draft, vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def test_what_was_typed_comes_back_as_the_browser_sent_it(request_) -> None:
    draft = form_draft.Draft()
    sent = QueryDict("kind=sick&skills=ramp&skills=iris&csrfmiddlewaretoken=x&ubah=1")
    draft.keep("keadaan", sent)
    form_draft.save_draft(request_, draft)

    loaded = form_draft.load_draft(request_)

    assert loaded == draft
    data = loaded.data("keadaan") if loaded else None
    assert data is not None
    assert dict(data.lists()) == {"kind": ["sick"], "skills": ["ramp", "iris"]}


def test_what_no_box_asked_for_is_not_kept() -> None:
    draft = form_draft.Draft()
    junk = "&".join(f"junk{number}{'y' * 500}=z" for number in range(500))

    draft.keep("warga", QueryDict(f"name=Warga&birth_date_hari=17&birth_date_bulan=Mei&{junk}"))

    assert draft.answers["warga"] == {
        "name": ["Warga"],
        "birth_date_hari": ["17"],
        "birth_date_bulan": ["Mei"],
    }


@pytest.mark.parametrize("stored", ["zz", "00", "6b313a00"])
def test_a_draft_that_does_not_open_is_dropped(request_, stored: str) -> None:
    request_.session[form_draft.KEY] = stored

    assert form_draft.load_draft(request_) is None
    assert form_draft.KEY not in request_.session


def test_a_draft_of_another_shape_is_dropped(request_) -> None:
    request_.session[form_draft.KEY] = vault.seal_draft('{"old": 1}', place=form_draft.PLACE)

    assert form_draft.load_draft(request_) is None


def test_much_is_cut_before_it_is_kept() -> None:
    draft = form_draft.Draft()
    draft.keep("keadaan", QueryDict("&".join(["skills=" + "y" * 5000] * 50)))

    assert [len(text) for text in draft.answers["keadaan"]["skills"]] == [form_draft.LONGEST] * 20


def test_two_drafts_have_their_own_tokens() -> None:
    assert form_draft.Draft().token != form_draft.Draft().token
