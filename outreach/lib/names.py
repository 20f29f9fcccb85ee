"""Similarity of two Indonesian names as people write them: titles, initials, old and new spelling."""

import re
from difflib import SequenceMatcher

_TITLES = frozenset(
    [
        "h",
        "hj",
        "haji",
        "hajah",
        "mbah",
        "bu",
        "pak",
        "bapak",
        "ibu",
        "sdr",
        "sdri",
        "tn",
        "ny",
        "nn",
        "alm",
        "almh",
        "drs",
        "dra",
        "dr",
        "ir",
        "kh",
        "hji",
        "raden",
        "r",
        "rr",
    ]
)
_SPELLING = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "sy"), ("nj", "ny"), ("ch", "kh"))
_LONG = {"moh": "muhammad", "moch": "muhammad", "mokh": "muhammad", "much": "muhammad", "muh": "muhammad"}
ALIKE = 0.8


def words_of(name: str) -> list[str]:
    """The words of a name for comparison: lower case, no titles, nothing in brackets, one spelling."""
    found = []
    for word in re.findall(r"[^\W\d_]+", re.sub(r"\([^)]*\)", " ", name.casefold())):
        if word not in _TITLES:
            spelled = _LONG.get(word, word)
            for old, new in _SPELLING:
                spelled = spelled.replace(old, new)
            found.append(spelled)
    return found


def _compare_words(one: str, other: str) -> float:
    if min(len(one), len(other)) == 1:
        return 0.9 if one[0] == other[0] else 0.0  # an initial
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second).ratio()


def name_likeness(one: str, other: str) -> float:
    """0..1: the mean similarity of the shorter name's words to their best partners in the longer one.
    Symmetric.

    Each word that the shorter name lacks costs a little, because people leave out names.
    """
    shorter, longer = sorted((words_of(one), words_of(other)), key=lambda words: (len(words), words))
    if not shorter:
        return 0.0
    left, total = longer.copy(), 0.0
    for word in shorter:
        best = max(left, key=lambda candidate: _compare_words(word, candidate))
        total += _compare_words(word, best)
        left.remove(best)
    return max(0.0, total / len(shorter) - 0.05 * min(len(left), 3))
