"""The interface's texts as the source has them, and the English catalog beside them.

`python -m tests.support.msgids` brings the catalog up to date: it adds what is new, with an empty
translation to fill in, and drops what the source no longer says.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.architecture.tree import ROOT, name, ours

ROOMS = {"config", "outreach", "visits", "templates"}
ENGLISH = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = r"""# English texts of the interface; the source is Indonesian.
# `python -m tests.support.msgids` adds what is new and drops what is gone.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""

# What a text is looked up by: its context, the text for one, and the text for many where it counts.
Key = tuple[str | None, str, str | None]

# Per function: whether a context comes first, and how many texts follow.
_SHAPES = {
    "_": (False, 1),
    "gettext": (False, 1),
    "gettext_lazy": (False, 1),
    "gettext_noop": (False, 1),
    "ngettext": (False, 2),
    "ngettext_lazy": (False, 2),
    "pgettext": (True, 1),
    "pgettext_lazy": (True, 1),
    "npgettext": (True, 2),
    "npgettext_lazy": (True, 2),
}
_CALL = re.compile(r"(?<!\w)(" + "|".join(sorted(_SHAPES, key=len, reverse=True)) + r")\(")
_LITERAL = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?""", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|%%|\{\w*(?::[^}]*)?\}")


def _key(function: str, texts: list[str]) -> Key | None:
    """None where an argument is not written out, so that nothing can be looked up."""
    with_context, count = _SHAPES[function]
    if len(texts) < with_context + count:
        return None
    context = texts[0] if with_context else None
    one, *many = texts[with_context : with_context + count]
    return context, one, many[0] if many else None


def in_template(source: str) -> Iterator[Key]:
    calls = templatize(source)
    for call in _CALL.finditer(calls):
        texts, at = [], call.end()
        while literal := _LITERAL.match(calls, at):
            texts.append(ast.literal_eval(literal[1]))
            at = literal.end()
        if key := _key(call[1], texts):
            yield key


def in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in _SHAPES:
            continue
        texts = []
        for argument in node.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                break
            texts.append(argument.value)
        if key := _key(called, texts):
            yield key


def in_source() -> dict[Key, list[str]]:
    """Every text of the product with the files that say it."""
    found: dict[Key, list[str]] = {}
    for path in ours(".py", ".html", ".txt"):
        if path.relative_to(ROOT).parts[0] not in ROOMS:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        read = in_python if path.suffix == ".py" else in_template
        for key in read(path.read_text()):
            files = found.setdefault(key, [])
            if name(path) not in files:
                files.append(name(path))
    return found


def key_of(message: Message) -> Key:
    if isinstance(message.id, str):
        return message.context, message.id, None
    return message.context, message.id[0], message.id[1]


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(text: str) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(text)))


def catalog(path: Path = ENGLISH) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def update(path: Path = ENGLISH) -> tuple[int, int]:
    """Rewrite the catalog in the order of the source; the numbers of added and dropped texts."""
    old = {key_of(message): message for message in catalog(path) if message.id} if path.exists() else {}
    found = in_source()
    fresh = Catalog(locale="en")
    for key in sorted(found, key=lambda key: (found[key][0], key[1])):
        context, one, many = key
        empty = ("", "") if many else ""
        known = old.get(key)
        fresh.add(
            (one, many) if many else one,
            string=known.string if known else empty,
            locations=[(file, 0) for file in found[key]],
            context=context,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, fresh, width=0, omit_header=True, include_lineno=False)
    return len(found.keys() - old.keys()), len(old.keys() - found.keys())


if __name__ == "__main__":
    added, dropped = update()
    empty = [message.id for message in catalog() if message.id and not all(translations(message))]
    print(f"{added} added, {dropped} dropped, {len(empty)} to translate in {name(ENGLISH)}")
    sys.exit(1 if empty else 0)
