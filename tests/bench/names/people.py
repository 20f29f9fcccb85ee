"""Made pairs of records: one person written twice, or two people who share much.

The slips are those of registers and forms (spelling reforms, initials, titles, words written together, letters
missed on a small key), drawn at random and not taken from the product's folding: many of them it has no rule for.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

WOMEN = [
    "Sumiati",
    "Suparmi",
    "Katinem",
    "Sulastri",
    "Wagiyem",
    "Painem",
    "Rukmini",
    "Tumini",
    "Partini",
    "Kasmi",
    "Yatmi",
    "Suminten",
    "Misirah",
    "Lasmi",
    "Sutinah",
    "Tukinem",
    "Jumiati",
    "Sringatin",
    "Mujiati",
    "Suharti",
    "Sumarni",
    "Ponirah",
    "Wartini",
    "Kusmiatun",
    "Rohmah",
    "Aminah",
    "Khotimah",
    "Fatimah",
    "Maryam",
    "Halimah",
    "Zulaikha",
    "Nurhayati",
    "Nurjanah",
    "Sofiyah",
    "Chasanah",
    "Munawaroh",
    "Istiqomah",
    "Umiyati",
    "Endang",
    "Wahyuni",
    "Lestari",
    "Rahayu",
    "Yuliana",
    "Kristina",
    "Widyastuti",
    "Handayani",
    "Setyowati",
    "Purwanti",
    "Kusumaningrum",
    "Ernawati",
    "Djumiyem",
    "Soekarti",
    "Tjatur",
    "Ngatinem",
]
MEN = [
    "Sukimin",
    "Paijan",
    "Suwarno",
    "Slamet",
    "Kasiman",
    "Ngadimin",
    "Sutrisno",
    "Poniman",
    "Wagimin",
    "Sumarno",
    "Katiran",
    "Djumadi",
    "Mujiono",
    "Tukiran",
    "Saimin",
    "Suparno",
    "Supardi",
    "Soeharjo",
    "Soekarno",
    "Djoko",
    "Tjahjono",
    "Bambang",
    "Hermanto",
    "Prayitno",
    "Ridwan",
    "Ma'ruf",
    "Mustofa",
    "Zainal",
    "Abidin",
    "Khoirul",
    "Anwar",
    "Syamsuri",
    "Abdullah",
    "Fauzi",
    "Rohman",
    "Hidayat",
    "Wibowo",
    "Santoso",
    "Handoko",
    "Nugroho",
    "Susilo",
    "Budiono",
    "Gunawan",
    "Widodo",
    "Setiawan",
    "Purnomo",
    "Kuswanto",
    "Yulianto",
    "Hariyanto",
    "Sunaryo",
    "Sugeng",
    "Suyanto",
    "Imron",
    "Taufiq",
    "Rizqi",
    "Dhani",
    "Jalal",
    "Qomar",
]
FIRST = {
    "f": ("Siti", "Sri", "Nur", "Dwi", "Tri", "Umi", "Ni"),
    "m": ("Muhammad", "Ahmad", "Abdul", "Eko", "Tri", "Dwi"),
}
TITLES = ("H.", "Hj.", "Mbah", "Bu", "Pak", "Drs.", "Alm.")
DEGREES = (", S.Pd.", ", SE", " S.Ag", ", M.Pd", ", S. Sos.")
KEYS = {
    "a": "sq",
    "e": "rw",
    "i": "ou",
    "o": "ip",
    "u": "iy",
    "s": "ad",
    "r": "et",
    "n": "bm",
    "t": "ry",
    "m": "n",
    "h": "gj",
}


@dataclass(frozen=True)
class Record:
    """What a form or a register says of somebody; None and "" are what it does not say."""

    name: str
    sex: str
    born: date | None
    village: str
    phone: str
    nik: str


@dataclass(frozen=True)
class Pair:
    first: Record
    second: Record
    same: bool
    kind: str


def _name(rng: random.Random, sex: str, family: str = "") -> str:
    pool = WOMEN if sex == "f" else MEN
    words = [rng.choice(pool)] if rng.random() < 0.7 else [rng.choice(FIRST[sex]), rng.choice(pool)]
    if family and rng.random() < 0.5:
        words.append(family)
    elif rng.random() < 0.45:
        words.append(rng.choice(pool))
    return " ".join(dict.fromkeys(words))


def _phone(rng: random.Random) -> str:
    return f"+62890{rng.randrange(10**8):08d}"


def _nik(rng: random.Random, born: date, sex: str) -> str:
    day = born.day + (40 if sex == "f" else 0)
    return f"351991{day:02d}{born.month:02d}{born.year % 100:02d}{rng.randrange(9000, 10000)}"


def make_person(rng: random.Random, *, village: str = "", family: str = "") -> Record:
    sex = rng.choice("fm")
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(365 * 78))
    if rng.random() < 0.08:  # in many registers nobody knew the day
        born = born.replace(day=rng.choice((1, 31)), month=rng.choice((1, 12)))
    name = _name(rng, sex, family)
    return Record(
        name,
        sex,
        born,
        village or f"35.19.{rng.randrange(1, 16):02d}.{2001 + rng.randrange(14)}",
        _phone(rng),
        _nik(rng, born, sex),
    )


def _slip_of_letters(rng: random.Random, name: str) -> str:
    place = rng.randrange(1, len(name))
    letter = name[place]
    kind = rng.randrange(4)
    if letter == " ":
        return name
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + letter + name[place:]
    if kind == 2 and place + 1 < len(name):
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    return name[:place] + rng.choice(KEYS.get(letter.lower(), letter)) + name[place + 1 :]


def _swap(old: str, new: str):
    return lambda rng, name: name.replace(old, new, 1) if old in name else name.replace(new, old, 1)


def _initial(rng: random.Random, name: str) -> str:
    words = name.split()
    place = rng.randrange(len(words))
    return name if len(words) == 1 else " ".join([*words[:place], f"{words[place][0]}.", *words[place + 1 :]])


def _leave_out(rng: random.Random, name: str) -> str:
    words = name.split()
    return name if len(words) < 2 else " ".join(words[:-1] if rng.random() < 0.7 else words[1:])


def _split(rng: random.Random, name: str) -> str:
    if " " in name and rng.random() < 0.5:
        return name.replace(" ", "", 1)
    for head in ("Nur", "Su", "Sri", "Abdul", "Dwi"):
        if name.startswith(head) and len(name) > len(head) + 3 and name[len(head)] != " ":
            return f"{head} {name[len(head) :].capitalize()}"
    return name


SPELLINGS = (
    *(
        _swap(old, new)
        for old, new in (("u", "oe"), ("j", "dj"), ("c", "tj"), ("y", "j"), ("ny", "nj"), ("i", "ie"))
    ),
    *(
        _swap(old, new)
        for old, new in (("kh", "h"), ("sy", "s"), ("f", "p"), ("v", "f"), ("q", "k"), ("z", "j"))
    ),
    *(
        _swap(old, new)
        for old, new in (("ai", "ae"), ("oi", "ai"), ("iy", "y"), ("dh", "d"), ("th", "t"), ("uw", "u"))
    ),
    *(
        _swap(old, new)
        for old, new in (("o", "a"), ("ti", "tik"), ("Muhammad", "Moch."), ("Abdul", "Abd."), ("'", ""))
    ),
    *(
        _swap(old, new)
        for old, new in (("ah", "a"), ("mm", "m"), ("'", "\u2019"), ("i", "y"), ("ng", "n"), ("w", "u"))
    ),
)


def rewrite_name(rng: random.Random, name: str) -> str:
    """The name as somebody else writes it: as it is, or with one to three differences."""
    for _time in range(rng.choices((0, 1, 2, 3), (25, 40, 25, 10))[0]):
        kind = rng.choices(
            ("spelling", "letters", "title", "initial", "out", "split", "order", "capitals", "father"),
            (30, 18, 12, 8, 8, 8, 6, 6, 4),
        )[0]
        if kind == "spelling":
            name = rng.choice(SPELLINGS)(rng, name)
        elif kind == "letters":
            name = _slip_of_letters(rng, name)
        elif kind == "title":
            name = f"{rng.choice(TITLES)} {name}" if rng.random() < 0.6 else name + rng.choice(DEGREES)
        elif kind == "initial":
            name = _initial(rng, name)
        elif kind == "out":
            name = _leave_out(rng, name)
        elif kind == "split":
            name = _split(rng, name)
        elif kind == "order":
            name = " ".join(reversed(name.split()))
        elif kind == "capitals":
            name = name.upper()
        else:
            name = f"{name} {rng.choice(('bin', 'binti', 'b.'))} {rng.choice(MEN)}"
    return name


def _rewrite_date(rng: random.Random, born: date) -> date | None:
    chance = rng.random()
    if chance < 0.15:
        return None
    if chance < 0.2 and born.day <= 12:
        return date(born.year, born.day, born.month)
    if chance < 0.25:
        return born.replace(day=min(born.day, 28), year=born.year + rng.choice((-10, -1, 1, 10)))
    if chance < 0.28:
        return born.replace(day=1, month=1)
    if chance < 0.3:
        return born + timedelta(days=rng.randrange(-400, 400))
    return born


def _rewrite_nik(rng: random.Random, nik: str) -> str:
    place = rng.randrange(6, 16)
    return (
        nik
        if rng.random() > 0.08
        else nik[:place] + str((int(nik[place]) + rng.randrange(1, 10)) % 10) + nik[place + 1 :]
    )


def _blur(rng: random.Random, person: Record) -> Record:
    """What a second form says of the person, or fails to say."""
    return replace(
        person,
        born=_rewrite_date(rng, person.born) if person.born else None,
        phone="" if rng.random() < 0.25 else person.phone,
        nik="" if rng.random() < 0.45 else _rewrite_nik(rng, person.nik),
    )


def make_same(rng: random.Random) -> Pair:
    """One person asked for twice: the name rewritten, numbers missing or mistyped, sometimes another phone or village."""
    person = make_person(rng)
    again = replace(_blur(rng, person), name=rewrite_name(rng, person.name))
    if rng.random() < 0.15 and again.phone:
        again = replace(again, phone=_phone(rng))
    if rng.random() < 0.05:
        again = replace(again, village=make_person(rng).village)
    return Pair(_blur(rng, person), again, same=True, kind="same")


def make_different(rng: random.Random) -> Pair:
    """Two people who are easily taken for one: namesakes and near namesakes of a village, relatives who share a phone,
    twins, or strangers with one birth date."""
    one = make_person(rng)
    kind = rng.choices(("namesake", "near", "relative", "twin", "birthday"), (25, 25, 30, 5, 15))[0]
    family = one.name.split()[-1]
    other = make_person(rng, village=one.village, family=family if kind in ("relative", "twin") else "")
    if kind == "namesake":
        other = replace(other, name=rewrite_name(rng, one.name), sex=one.sex)
    elif kind == "near":  # one word in common
        words = one.name.split()
        other = replace(other, name=" ".join(dict.fromkeys([words[0], *other.name.split()[-1:]])))
    elif kind == "relative":
        other = replace(other, phone=one.phone)
    elif kind == "twin":
        other = replace(other, phone=one.phone, born=one.born)
    else:
        other = replace(other, born=one.born, village=make_person(rng).village)
    return Pair(_blur(rng, one), _blur(rng, other), same=False, kind=kind)


def make_pairs(*, count: int, seed: int) -> list[Pair]:
    """`count` pairs, every second one of different people. The same for the same seed."""
    rng = random.Random(seed)
    return [make_same(rng) if number % 2 else make_different(rng) for number in range(count)]
