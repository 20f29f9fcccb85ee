"""What the tablet says: every text that its modules ask for is there, in Indonesian and in English."""

import re

from tests.architecture.tree import ROOT

FOLDER = ROOT / "visits" / "static" / "visits" / "tablet"
KEY = re.compile(r'^  "([^"]+)":', re.MULTILINE)
TEXT = re.compile(r'^  "([^"]+)": *"((?:[^"\\]|\\.)*)",$', re.MULTILINE)
ASKED = re.compile(r"""\bt\(\s*"([^"]+)\"""")
ASKED_BY_PREFIX = re.compile(r"""\bt\(`([a-z]+[.a-z-]*?)\$\{""")
WORDS = re.compile(r"""\bword\("([a-z]+)",""")


def _texts(language: str) -> str:
    files = sorted((FOLDER / "texts").glob(f"{language}*.js"))
    assert len(files) == 3
    return "\n".join(path.read_text() for path in files)


def _keys(language: str) -> list[str]:
    return KEY.findall(_texts(language))


def _blanks(language: str) -> dict[str, set[str]]:
    texts = TEXT.findall(_texts(language))
    assert [key for key, _ in texts] == _keys(language)
    return {key: set(re.findall(r"\{\w+\}", text)) for key, text in texts}


def _code() -> str:
    return "\n".join(path.read_text() for path in FOLDER.rglob("*.js") if path.parent.name != "texts")


def test_every_text_that_is_asked_for_is_there():
    asked = set(ASKED.findall(_code()))
    assert len(asked) > 100
    assert asked - set(_keys("id")) == set()
    for prefix in {*ASKED_BY_PREFIX.findall(_code()), *(f"{group}." for group in WORDS.findall(_code()))}:
        assert any(key.startswith(prefix) for key in _keys("id")), prefix


def test_no_text_is_there_for_nobody():
    code = _code()
    by_prefix = tuple({*ASKED_BY_PREFIX.findall(code), *(f"{group}." for group in WORDS.findall(code))})
    unused = {key for key in _keys("id") if f'"{key}"' not in code and not key.startswith(by_prefix)}
    assert unused == set()


def test_languages_have_the_same_texts_once():
    indonesian, english = _keys("id"), _keys("en")
    assert len(indonesian) == len(set(indonesian))
    assert len(english) == len(set(english))
    assert set(english) ^ set(indonesian) == set()


def test_a_translation_has_the_same_blanks():
    indonesian, english = _blanks("id"), _blanks("en")
    assert indonesian["today.summary-row"] == {"{village}", "{district}"}
    assert {key for key in indonesian if indonesian[key] != english[key]} == set()


def test_every_outcome_reason_and_skill_of_the_office_has_a_word():
    from outreach.enums import ResidentKind, Skill
    from visits.enums import Outcome

    wanted = [("outcome", Outcome), ("category", ResidentKind), ("skill", Skill)]
    missing = {f"{group}.{code}" for group, codes in wanted for code in codes.values} - set(_keys("id"))
    assert missing == set()
