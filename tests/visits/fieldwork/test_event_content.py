from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.pasted import paste
from visits.enums import EventKind
from visits.fieldwork import event_content
from visits.models import Event
from visits.sync import shapes


def _text_members(schema: dict[str, Any]) -> Iterator[str]:
    """The members of an event's data that hold free text."""
    for name, member in schema.get("properties", {}).items():
        if member.get("type") == "string" and "pattern" not in member:
            yield name


@pytest.mark.django_db
@pytest.mark.parametrize("kind", EventKind)
def test_every_text_of_a_tablets_event_is_read_clean_and_stored_as_it_came(kind, tablet, visit) -> None:
    members = list(_text_members(shapes._DATA[kind]))
    sent = tablet.event(kind, visit=str(visit.pk), **{name: paste("Anak 1-2") for name in members})
    tablet.events(sent)

    row = Event.objects.select_related("key").get()

    told = event_content.unseal_event(row)["data"]
    assert {name: told[name] for name in members} == dict.fromkeys(members, "Anak 1-2")
    assert tablet.events(sent)[0]["result"] == "duplicate"
