"""What a browser would send for a form of a page, untouched."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[str]]] = {}
        self._fields: dict[str, list[str]] | None = None
        self._name = ""
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag == "form":
            self._fields = self.found.setdefault(given.get("action") or "", {})
        if self._fields is None:
            return
        name = given.get("name") or ""
        if tag == "input" and name:
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self._fields.setdefault(name, []).append(given.get("value") or "")
        elif tag in ("select", "textarea"):
            self._name = name
            if tag == "textarea":
                self._text = ""
        elif tag == "option" and self._name and "selected" in given:
            self._fields.setdefault(self._name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea" and self._text is not None and self._fields is not None:
            self._fields.setdefault(self._name, []).append(self._text.strip())
            self._text = None
        elif tag == "select":
            self._name = ""


def read_form(page: str, action: str) -> dict[str, list[str]]:
    """The fields of the form with this address, as they stand on the page. Raises `KeyError`."""
    parser = _Forms()
    parser.feed(page)
    return parser.found[action]
