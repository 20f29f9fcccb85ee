"""The Content-Security-Policy allows nothing inline, so nothing inline may be written."""

import re

import pytest

from tests.architecture.tree import name, ours

HTML = [path for path in ours(".html") if "templates" in path.parts]
INLINE_STYLE = re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE)
INLINE_HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.IGNORECASE | re.DOTALL)
FOREIGN = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)


def _inline_scripts(html: str) -> list[str]:
    data = re.compile(r"""type\s*=\s*["']application/(json|ld\+json)["']""")
    return [
        attributes
        for attributes, body in SCRIPT.findall(html)
        if body.strip() and not data.search(attributes)
    ]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<script>alert(1)</script>", 1),
        ('<script type="module">import "x"</script>', 1),
        ('<script src="a.js"></script>', 0),
        ('<script type="application/json" id="x">{}</script>', 0),
    ],
)
def test_the_check_for_inline_scripts_sees_them(html: str, found: int):
    assert len(_inline_scripts(html)) == found


def test_the_checks_for_styles_and_handlers_see_them():
    assert INLINE_STYLE.search('<p style="color: red">')
    assert INLINE_HANDLER.search('<a href="#" onclick="go()">')
    assert not INLINE_HANDLER.search('<option value="on">')


def test_no_template_has_an_inline_script():
    assert {name(path): found for path in HTML if (found := _inline_scripts(path.read_text()))} == {}


def test_no_template_has_an_inline_style():
    assert [name(path) for path in HTML if INLINE_STYLE.search(path.read_text())] == []


def test_no_template_has_an_inline_event_handler():
    assert [name(path) for path in HTML if INLINE_HANDLER.search(path.read_text())] == []


def test_a_percent_sign_stands_at_its_number():
    """In words it is `visits.wording.labels.format_percent`."""
    apart = re.compile(r"(?:\}\}|\d|</span>)(?:\s|&nbsp;)+%(?![\w}])")
    assert apart.search("<td>{{ n }} %</td>")
    assert not apart.search("<td>{{ n }}% {% if x %}")
    assert [name(path) for path in HTML if apart.search(path.read_text())] == []


def test_no_template_loads_from_a_foreign_host():
    loads = re.compile(r"<(script|link|img|iframe|form)\b[^>]*>", re.IGNORECASE)
    found = {
        name(path): tag.group()
        for path in HTML
        for tag in loads.finditer(path.read_text())
        if FOREIGN.search(tag.group())
    }
    assert found == {}
