"""A half-filled form in a session."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.test import RequestFactory

from outreach import form_draft, vault
from outreach.models import FormDraft

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def _store(request_, draft: form_draft.Draft) -> None:
    with form_draft.change_draft(request_, draft.id) as stored:
        assert stored is not None
        stored.answers = draft.answers


def test_what_was_typed_comes_back_as_the_browser_sent_it(request_) -> None:
    draft = form_draft.begin_draft(request_)
    sent = QueryDict("kind=sick&skills=ramp&skills=iris&csrfmiddlewaretoken=x&ubah=1")
    draft.keep("keadaan", sent)
    _store(request_, draft)

    loaded = form_draft.load_draft(request_, draft.id)

    assert loaded == draft
    data = loaded.data("keadaan") if loaded else None
    assert data is not None
    assert dict(data.lists()) == {"kind": ["sick"], "skills": ["ramp", "iris"]}


def test_what_was_not_sent_is_no_answer_until_it_is() -> None:
    draft = form_draft.Draft(id="x")
    draft.keep("warga", QueryDict("name=Satu"))
    draft.keep_unsent("warga", QueryDict("name=Dua"))
    assert (draft.data("warga"), draft.unsent_data("warga")) == (
        QueryDict("name=Satu"),
        QueryDict("name=Dua"),
    )

    draft.keep("warga", QueryDict("name=Tiga"))

    assert (draft.data("warga"), draft.unsent_data("warga")) == (QueryDict("name=Tiga"), None)


def test_what_no_box_asked_for_is_not_kept() -> None:
    draft = form_draft.Draft(id="x")
    junk = "&".join(f"junk{number}{'y' * 500}=z" for number in range(500))

    draft.keep("warga", QueryDict(f"name=Warga&birth_date_hari=17&birth_date_bulan=Mei&{junk}"))

    assert draft.answers["warga"] == {
        "name": ["Warga"],
        "birth_date_hari": ["17"],
        "birth_date_bulan": ["Mei"],
    }


@pytest.mark.parametrize("stored", ["zz", "00", "6b313a00"])
def test_a_draft_that_does_not_open_is_none(request_, stored: str) -> None:
    draft = form_draft.begin_draft(request_)
    FormDraft.objects.update(sealed=stored)

    assert form_draft.load_draft(request_, draft.id) is None
    with form_draft.change_draft(request_, draft.id) as found:
        assert found is None


def test_a_draft_of_another_shape_or_moved_into_another_row_is_none(request_) -> None:
    one, two = form_draft.begin_draft(request_), form_draft.begin_draft(request_)
    sealed = FormDraft.objects.get(pk=one.id).sealed
    FormDraft.objects.filter(pk=two.id).update(sealed=sealed)
    FormDraft.objects.filter(pk=one.id).update(sealed=vault.seal_draft('{"old": 1}', place=f"draft.{one.id}"))

    assert form_draft.load_draft(request_, one.id) is None
    assert form_draft.load_draft(request_, two.id) is None


def test_a_draft_opens_only_for_the_browser_that_began_it(request_) -> None:
    draft = form_draft.begin_draft(request_)
    stranger = RequestFactory().get("/")
    stranger.session = SessionStore()
    form_draft.begin_draft(stranger)

    assert form_draft.load_draft(stranger, draft.id) is None
    form_draft.drop_draft(stranger, draft.id)
    assert form_draft.load_draft(request_, draft.id) is not None


def test_a_draft_is_offered_for_half_an_hour_and_kept_for_nine(request_, clock) -> None:
    draft, now = form_draft.begin_draft(request_), clock.now()

    def known(minutes: int) -> tuple[int, bool]:
        with clock.at(now + timedelta(minutes=minutes)):
            kept = form_draft.load_draft(request_, draft.id) is not None
            return len(form_draft.list_drafts(request_)), kept

    assert [known(29), known(31), known(539), known(541)] == [(1, True), (0, True), (0, True), (0, False)]


def test_much_is_cut_before_it_is_kept() -> None:
    draft = form_draft.Draft(id="x")
    draft.keep("keadaan", QueryDict("&".join(["skills=" + "y" * 5000] * 50)))

    assert [len(text) for text in draft.answers["keadaan"]["skills"]] == [form_draft.LONGEST] * 20
