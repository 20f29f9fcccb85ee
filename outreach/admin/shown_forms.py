"""Forms that carry what they showed, so that a page opened before somebody's change loses nothing of either.

When the page turns out to be stale, the form comes back with what its sender typed where they typed something, and
with the present values everywhere else.
"""

import json
from collections.abc import Iterator
from typing import Any, Self

from django import forms
from django.http import QueryDict

SHOWN = "semula"
MOST = 20_000


def _as_texts(value: Any) -> list[str]:
    """What a widget would send for a value, in one order."""
    if value in (None, "", False):
        return []
    return sorted(map(str, value)) if isinstance(value, list | tuple) else [str(value)]


def _read_shown(data: QueryDict) -> dict[str, list[str]]:
    """What the form showed when it was opened; nothing if the field holds anything else."""
    try:
        found = json.loads(data.get(SHOWN, "")[:MOST])
        return {str(name): list(map(str, texts)) for name, texts in found.items()}
    except (ValueError, AttributeError, TypeError):
        return {}


class ShownForm(forms.Form):
    """A form whose page has the hidden field "semula" with `shown`."""

    hides: tuple[str, ...] = ()  # fields that never show a stored value
    _is_merged = False

    def _initial_texts(self, name: str) -> list[str]:
        if name in self.hides:
            return []
        value = self.fields[name].widget.format_value(
            self.fields[name].prepare_value(self.get_initial_for_field(self.fields[name], name))
        )
        return _as_texts(value)

    @property
    def shown(self) -> str:
        """The values of the database that this form showed first, as one text; of now once it is merged."""
        if self.is_bound and not self._is_merged:
            return str(self.data.get(SHOWN, ""))
        return json.dumps({name: self._initial_texts(name) for name in self.fields})

    def sent_anew(self, name: str) -> bool:
        """Whether a field was sent otherwise than the page showed it."""
        assert isinstance(self.data, QueryDict)
        shown = _read_shown(self.data)
        return name in shown and _as_texts(self.data.getlist(name)) != shown[name]

    def merged(self) -> Self:
        """This sent form again: its sender's values where they typed, the initial ones of now elsewhere."""
        assert isinstance(self.data, QueryDict)
        shown, data = _read_shown(self.data), self.data.copy()
        for name in self.fields.keys() & shown.keys():
            if _as_texts(data.getlist(name)) == shown[name]:
                data.setlist(name, self._initial_texts(name))
        self.data, self._is_merged = data, True
        return self

    def list_clashes(self) -> list[tuple[str, str]]:
        """Fields that the sender and somebody else both changed, each with its value of now."""
        assert isinstance(self.data, QueryDict)
        shown = _read_shown(self.data)
        return [
            (str(self.fields[name].label), self._label_of(name, now))
            for name, was in shown.items()
            if name in self.fields
            for now in [self._initial_texts(name)]
            if was != now and _as_texts(self.data.getlist(name)) not in (was, now)
        ]

    def list_typed(self) -> list[tuple[str, str]]:
        """What was sent, field by field, for a page where the form has no place any more."""
        assert isinstance(self.data, QueryDict)
        return [
            (str(field.label), told)
            for name, field in self.fields.items()
            if (told := self._label_of(name, _as_texts(self.data.getlist(name))))
        ]

    def _label_of(self, name: str, texts: list[str]) -> str:
        """Values as they are read: choices by their labels."""
        known = dict(self._choices(name))
        return ", ".join(known.get(text, text) for text in texts)

    def _choices(self, name: str) -> Iterator[tuple[str, str]]:
        for value, label in getattr(self.fields[name], "choices", ()):
            if isinstance(label, list | tuple):
                yield from ((str(one), str(text)) for one, text in label)
            else:
                yield str(value), str(label)
