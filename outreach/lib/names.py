"""Indonesian names as people write them: folded for search, and compared.

`fold_words` makes alike what is written apart and means one name: capitals, accents, apostrophes, titles and
degrees, bin and binti, Dutch spelling (oe, dj, tj), Arabic sounds (kh, sy, dz), double letters. What folding cannot
know, a slip of the pen, a word left out, an initial, is left to `name_likeness`.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from outreach.lib.text import clean_line

ALIKE = 0.8
TOGETHER = 0.85  # from here words of one name were written together in the other
_TITLES = frozenset(
    [
        *("h", "hj", "hji", "haji", "hajah", "hajjah", "kh", "ky", "kyai", "gus", "nyai"),
        *("mbah", "mbok", "bu", "pak", "bpk", "bapak", "ibu", "sdr", "sdri", "sdra", "tn"),
        *("ny", "nn", "alm", "almh", "almarhum", "almarhumah", "drs", "dra", "dr", "drg", "ir"),
        *("prof", "r", "rr", "raden", "rm", "bin", "binti", "bt", "ustad", "ustadz"),
        *("ustadzah", "ust", "spd", "spdi", "sag", "sh", "mh", "se", "mm", "mpd", "mag"),
        *("ssos", "sip", "skom", "mkom", "ssi", "msi", "st", "mt", "skm", "skep", "ners"),
        *("sst", "amd", "amdkeb", "shi", "sei", "sp", "mp", "apt", "skeb", "sked", "spsi"),
        *("spt", "lc", "phd", "bsc"),
    ]
)
_DEGREES = re.compile(r"\b[asm]\W{0,2}\s(?:pd|pdi|ag|sos|kom|kep|hum|kes|psi|keb|si|ip|hi|ei)\b")
_WHOLE = {
    **dict.fromkeys(
        ("moh", "mohd", "moch", "mokh", "much", "mukh", "muh", "md", "mhd", "mochamad"), "muhamad"
    ),
    **dict.fromkeys(("abd", "abdl", "abdoel"), "abdul"),
    **dict.fromkeys(("ach", "akh"), "ahmad"),
}
_SPELLING = (
    *(("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "s"), ("nj", "ny"), ("ie", "i")),  # Dutch spelling
    *(("kh", "h"), ("ch", "h"), ("sy", "s"), ("dz", "z"), ("dl", "d"), ("q", "k"), ("ck", "k")),  # Arabic
    *(("f", "p"), ("v", "p"), ("z", "j"), ("x", "ks")),  # what Javanese mouths make of them
    *(("ae", "ai"), ("oi", "ai"), ("uw", "u"), ("iy", "y"), ("y", "i"), ("mohamad", "muhamad")),
    ("j", "i"),  # a y in Dutch spelling
)


def _single(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _fold_word(letters: str) -> str:
    word = _WHOLE.get(letters, letters)
    for old, new in _SPELLING:
        word = _single(word.replace(old, new))
    return _single(word[:1] + word[1:].replace("h", ""))  # an h inside or at the end is hardly heard


# what the first letter of a word may have become by folding: C. is Chasanah, D. is Djoko
_INITIALS = {"c": "ch", "d": "di", "t": "tc", "k": "kh", "o": "ou"}
_COMMON = frozenset(
    map(_fold_word, ("siti", "sri", "nur", "muhammad", "ahmad", "abdul", "dwi", "tri", "eko"))
)


def fold_words(name: str) -> list[str]:
    """The words of a name in one spelling, without titles and what stands in brackets."""
    return list(_fold_words(name))


@lru_cache(maxsize=4096)  # a page of the queue compares each of its names with hundreds
def _fold_words(name: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", clean_line(name).casefold()))
    plain = _DEGREES.sub(" ", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    found = []
    for written in re.split(r"[\s,;/\-]+", plain):
        if re.sub(r"[\W\d_]", "", written) in _TITLES:
            continue
        for part in written.split("."):
            letters = re.sub(r"[\W\d_]", "", part)  # an apostrophe parts no word
            if letters and letters not in _TITLES:
                found.append(_fold_word(letters))
    return tuple(found)


def fold_name(name: str) -> str:
    """The name as one folded word, in which the words of a search are looked for."""
    return _single("".join(fold_search(name)))


def fold_search(typed: str) -> list[str]:
    """The words of a search as they stand in a folded name: there no h is kept, for it may be in the middle."""
    return [word for word in (_single(word.replace("h", "")) for word in fold_words(typed)) if word]


def _compare_words(one: str, other: str) -> float:
    if min(len(one), len(other)) == 1:
        initial, word = sorted((one, other), key=len)
        return 0.9 if word[0] in _INITIALS.get(initial, initial) else 0.0
    alike = OSA.normalized_similarity(one, other)
    return alike if alike > 0.6 else 0.0


def _is_common(word: str) -> bool:
    return word in _COMMON or len(word) == 1


def count_telling_words(name: str) -> int:
    """How many words tell people apart: no initials, and none of the first words that half a village has."""
    return sum(not _is_common(word) for word in fold_words(name))


def _leave_out_bin(words: list[str]) -> list[str]:
    """Without a "b." between two words: that is bin or binti."""
    return [word for at, word in enumerate(words) if word != "b" or at in (0, len(words) - 1)]


def _join_as(words: list[str], model: list[str]) -> list[str]:
    """The words, neighbours made one where the other name has them as one: nur, haiati as nuraiati."""
    joined = words.copy()
    for whole in model:
        for at, pair in enumerate(pairwise(joined)):
            together = _single(pair[0] + pair[1].replace("h", ""))
            if min(map(len, pair)) > 1 and OSA.normalized_similarity(together, whole) >= TOGETHER:
                joined[at : at + 2] = [together]
                break
    return joined


def _match_words(shorter: list[str], longer: list[str]) -> tuple[float, list[str]]:
    """The mean likeness of the shorter name's words with their best partners, and the words left in the longer.

    Long words weigh more than short and common ones; a common word that differs weighs as any other.
    """
    left, total, weight = longer.copy(), 0.0, 0.0
    for word in sorted(shorter, key=lambda word: (-len(word), word)):
        best = max(left, key=lambda candidate: _compare_words(word, candidate))
        alike = _compare_words(word, best)
        weighs = 1.5 if alike and _is_common(word) else max(2.0, len(word))
        weight += weighs
        total += weighs * alike
        if alike:
            left.remove(best)
    return total / weight, left


def name_likeness(one: str, other: str) -> float:
    """0..1: how far the words of the shorter name are found in the longer one, in any order. Symmetric.

    Each word that the shorter name lacks costs a little, because people leave out names; more if it is the first,
    which is the person's own. Words written together are compared as one, too.
    """
    written = (_leave_out_bin(fold_words(one)), _leave_out_bin(fold_words(other)))
    shorter, longer = sorted(written, key=lambda words: (len(words), words))
    if not shorter:
        return 0.0
    longer = _join_as(longer, shorter)
    shorter = _join_as(shorter, longer)
    shorter, longer = sorted((shorter, longer), key=lambda words: (len(words), words))
    likeness, left = _match_words(shorter, longer)
    more = len(longer) - len(shorter)
    if more:
        own = next((word for word in longer if not _is_common(word)), "")
        likeness -= 0.05 * min(more, 3) + (0.15 if own in left else 0.0)
        whole = OSA.normalized_similarity(*sorted(map(fold_name, (one, other))))
        likeness = max(likeness, whole if whole > TOGETHER else 0.0)
    return max(0.0, likeness)
