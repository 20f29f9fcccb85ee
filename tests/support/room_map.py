"""The map of the rooms for the README, made from the import contracts and the first sentence of every package.

`python -m tests.support.room_map` writes the picture and the table anew; a test fails where they are not as it would
write them.
"""

import ast
import re
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PICTURE = ROOT / "config" / "readme" / "rooms.svg"
BEGIN, END = "<!-- rooms: python -m tests.support.room_map -->\n", "<!-- end of rooms -->\n"

WIDTH, LEFT, BOX, GAP, LINE = 960, 90, 34, 8, 15
INK, PAPER, SAND, TEAL, MUTED = "#14213d", "#ffffff", "#f7f3ea", "#0b5d5e", "#44505f"
FIRST = {  # folders that are no package of the visits app
    "config": "Wiring: settings, addresses, accounts, checks, health, log lines, the process tree, browser libraries",
    "outreach": "Who needs us: requests, residents, needs, the public form, triage; knows nothing of plans or tablets",
    "outreach/data": "The regency: districts, villages, boundaries, health posts, with their licences",
}
LAST = {
    "visits/static/visits/tablet": "The tablet's page: ES modules without a bundler",
    "templates": "The pages' HTML",
    "tests": "Mirrors the source; `browser/`, `crash/`, `journeys/` drive real processes, `fakes/` are devices made up, `bench/` measures",
}


def read_layers(container: str) -> list[list[str]]:
    """The layers of a package's import contract, the highest first; each a list of package names."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [row for row in tool["contracts"] if row.get("containers") == [container]]
    return [re.findall(r"\w+", layer) for layer in contract["layers"]]


def read_first_sentence(package: Path) -> str:
    """The first sentence of a package's docstring, without its full stop; empty where it has none."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    return re.split(r"\.(?:\s|$)", " ".join(text.split()), maxsplit=1)[0]


def list_rooms() -> list[tuple[str, str]]:
    """(folder, what is there) of every room of the visits app, in the order of imports, users first."""
    found = []
    for layer in read_layers("visits"):
        for room in layer:
            package = ROOT / "visits" / room
            if not (package / "__init__.py").is_file():
                continue
            found.append((f"visits/{room}", read_first_sentence(package)))
            if room == "schedule":
                inner = [name for names in read_layers("visits.schedule") for name in names]
                found += [(f"visits/schedule/{name}", read_first_sentence(package / name)) for name in inner]
    return [row for row in found if row[1]]


def write_table() -> str:
    """The README's table of rooms."""
    rows = [*FIRST.items(), *list_rooms(), *LAST.items()]
    lines = [f"| `{folder}/` | {text} |" for folder, text in rows]
    return "\n".join(["| room | what is there |", "|---|---|", *lines]) + "\n"


def draw_picture() -> str:
    """The rooms as an SVG: each row imports only from rows below it; dashed are those that are still empty."""
    rows = [("", ["config"])]
    for layer in read_layers("visits"):
        if layer == ["schedule"]:
            rows += [("schedule", names) for names in read_layers("visits.schedule")]
        else:
            rows.append(("visits", layer))
    rows.append(("", ["outreach"]))
    to_come = {folder for folder, text in list_rooms() if text.startswith("To come")}
    parts, top, above = [], GAP, ""
    for name, layer in rows:
        width = (WIDTH - LEFT - GAP * len(layer)) / len(layer)
        if name != above:
            parts.append(_text(GAP, top + BOX / 2 + 5, name, MUTED))
        for number, room in enumerate(layer):
            x = LEFT + number * (width + GAP)
            fill, ink = (TEAL, PAPER) if name == "schedule" else (SAND, INK)
            dashed = ' stroke-dasharray="5 4"' if f"visits/{room}" in to_come else ""
            parts.append(
                f'<rect x="{x:.0f}" y="{top}" width="{width:.0f}" height="{BOX}" rx="6" '
                f'fill="{fill}" stroke="{INK}"{dashed}/>'
            )
            parts.append(_text(x + width / 2, top + BOX / 2 + 5, room, ink, middle=True))
        top, above = top + BOX + GAP, name
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" '
        f'aria-label="Rooms in the order of imports: each row imports only from rows below it">\n'
        f'<rect width="{WIDTH}" height="{top}" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _text(x: float, y: float, text: str, fill: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-family="sans-serif" font-size="{LINE}" fill="{fill}"{anchor}>{escape(text)}</text>'


def replace_table(readme: str) -> str:
    """The README's text with the table of today between its two marks."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + write_table() + END + rest.split(END)[1]


def main() -> None:
    PICTURE.write_text(draw_picture())
    README.write_text(replace_table(README.read_text()))


if __name__ == "__main__":
    main()
