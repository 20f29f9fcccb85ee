import re

import pytest
from django.core.management import get_commands

from tests.architecture.tree import ROOT
from tests.support import room_map

README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "config" / "settings.md").read_text()


def _table(text: str) -> list[str]:
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]


def test_it_is_read_in_one_go():
    assert len(README.splitlines()) <= 140  # a quarter of it is the map of the rooms


def test_the_settings_table_is_what_the_code_reads():
    source = "".join(path.read_text() for path in sorted((ROOT / "config").glob("*.py")))
    read = set(re.findall(r"""(?:env\.\w+|_read_secret|environ\.get)\(\s*"([A-Z_]+)\"""", source))
    told = {name for cell in _table(SETTINGS) for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert sorted(told ^ read) == []


def test_the_rooms_are_there():
    rooms = [re.findall(r"`([^`]+)`", cell)[0] for cell in _table(README.split("## Rooms\n")[1])]
    assert len(rooms) >= 30
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []


def test_the_map_of_the_rooms_is_that_of_the_contracts_and_packages():
    again = "python -m tests.support.room_map"
    assert room_map.replace_table(README) == README, f"the table of rooms is old: {again}"
    assert room_map.PICTURE.read_text() == room_map.draw_picture(), f"the picture of rooms is old: {again}"


def test_the_files_that_it_links_are_there():
    linked = re.findall(r"\]\(([^)]+)\)", README)
    assert len(linked) >= 3
    assert [path for path in linked if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py (\w+)", README))))
def test_the_commands_that_it_names_exist(command: str):
    assert command in get_commands()


def test_the_two_commands_of_the_first_screen():
    commands = [line.strip() for line in README.splitlines()[:30] if line.startswith("    ")]
    assert len(commands) == 2
    assert commands[0].endswith(".venv/bin/python manage.py demo")
    assert commands[1] == "bash tests/run"
    assert (ROOT / "tests" / "run").stat().st_mode & 0o100


def test_the_first_screen_shows_a_picture():
    picture, *_others = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
    assert README.index(picture) < README.index("## ")
