"""Tables of noted runs: every case with everybody's best, and the score rows of the targets.

The idea: tables are made of the notes alone, so they can be made again from a file of a long run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import mean
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One case at one number of seconds."""

    case: str
    seconds: float
    ours: float | None
    visits: int
    rival: float | None
    rival_name: str
    best: float | None
    others: str

    @property
    def size(self) -> str:
        return self.case.split("-")[0]


def cells(rows: Iterable[Mapping[str, Any]], best: Mapping[str, float]) -> list[Cell]:
    """What the notes say of each case and number of seconds; an infeasible plan counts as none."""
    groups: dict[tuple[str, float], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["case"], float(row["seconds"])), []).append(row)
    out = []
    for (case, seconds), many in groups.items():
        good = [row for row in many if int(row["feasible"])]
        ours = [row for row in good if row["who"] == "ours"]
        rivals = [row for row in good if row["who"] != "ours"]
        top = max(rivals, key=lambda row: float(row["score"]), default=None)
        others = [
            f"{r['who']} {r['variant']} " + (f"{float(r['score']):,.0f}" if int(r["feasible"]) else "-")
            for r in many
            if r["who"] != "ours"
        ]
        out.append(
            Cell(
                case,
                seconds,
                min((float(row["score"]) for row in ours), default=None),
                int(ours[0]["visits"]) if ours else 0,
                float(top["score"]) if top else None,
                f"{top['who']} {top['variant']}" if top else "-",
                best.get(case),
                "; ".join(others),
            )
        )
    return out


def share(a: float | None, b: float | None) -> str:
    return f"{a / b:.4f}" if a is not None and b else "-"


def number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.0f}"


def table(found: Iterable[Cell]) -> list[str]:
    heads = "case | seconds | ours | served | best library | which | ours/library | ours/best ever | all"
    lines = [f"| {heads} |", "|" + "---|" * (heads.count("|") + 1)]
    for c in found:
        row = [c.case, f"{c.seconds:g}", number(c.ours), c.visits, number(c.rival), c.rival_name]
        row += [share(c.ours, c.rival), share(c.ours, c.best), c.others]
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return lines


def wanted(size: str, seconds: float) -> float | None:
    """Least share of the best score ever that planning.md wants at 10 s and at 60 s."""
    visits = int(size.split("x")[0])
    if seconds == 60:
        return 0.995
    if seconds == 10:
        return 0.995 if visits <= 300 else 0.99 if visits <= 1000 else 0.98
    return None


def score_rows(found: list[Cell]) -> list[tuple[str, str, str, bool]]:
    """(what, measured, target, holds) per size and seconds, over all its cases."""
    out = []
    for size, seconds in dict.fromkeys((c.size, c.seconds) for c in found):
        here = [c for c in found if (c.size, c.seconds) == (size, seconds) and c.ours is not None]
        if not here:
            continue
        ratios = [c.ours / c.rival for c in here if c.ours is not None and c.rival]
        if ratios:
            least, what = min(ratios), f"{size}, {seconds:g} s: ours / best library"
            out.append((what, f"{mean(ratios):.4f} (least {least:.4f} of {len(ratios)})", ">= 1", least >= 1))
        asked = wanted(size, seconds)
        shares = [c.ours / c.best for c in here if c.ours is not None and c.best]
        if asked and shares:
            what, middle = f"{size}, {seconds:g} s: ours / best ever", mean(shares)
            told = f"{middle:.4f} (least {min(shares):.4f} of {len(shares)})"
            out.append((what, told, f">= {asked:g}", middle >= asked))
    return out
