"""The tables of a region folder: CSV as spreadsheets of any country save it.

Separators (comma, semicolon, tab, bar), UTF-8 with or without byte order mark, UTF-16 and Windows-1252, decimal
commas, and codes that became numbers are read. What cannot be read is named by file, line and column.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from outreach.lib.text import clean_line

Row = dict[str, Any]
LONGEST = 300  # characters of a cell
LENGTHS = {"code": 20, "name": 80, "service": 40, "address": 200, "kmk_code": 20}
PAIR_COLUMNS = ("old_code", "new_code")
CODES = ("code", "kecamatan_code", "regency_code", "desa_code")
_SEPARATORS = {",": "koma", ";": "titik koma", "\t": "tab", "|": "garis tegak"}


def decode_text(content: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16 with its mark, or else what Windows writes; None for none of these."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read_number(text: str) -> float | None:
    """A number with decimal point or comma; None for anything else, also for 1e309 and NaN."""
    plain = clean_line(text).replace(" ", "").replace(",", ".")
    return float(plain) if re.fullmatch(r"[-+]?\d{1,15}(?:\.\d+)?", plain) else None


def clean_code(value: Any) -> str:
    """A Kemendagri code with its dots, also where a spreadsheet made a number of it: 3598012001 is 35.98.01.2001."""
    text = clean_line(str(value)).replace(" ", "")
    whole = re.fullmatch(r"(\d{4}|\d{6}|\d{10})(?:[.,]0+)?", text)
    if not whole:
        return text.replace(",", ".")
    digits = whole[1]
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:6], digits[6:]) if part)


def _find_separator(header: str, columns: tuple[str, ...]) -> str:
    """The separator whose columns are the wanted ones; the most frequent one if none fits."""

    def fit(separator: str) -> tuple[int, int]:
        names = {clean_line(name).strip('"').casefold() for name in header.split(separator)}
        return len(names & set(columns)), header.count(separator)

    return max(_SEPARATORS, key=fit)


def _read_rows(lines: list[str], separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """First line and cells of each row; None for a row that is no CSV, which ends the reading."""
    reader = csv.reader(lines, delimiter=separator)
    first = 1
    try:
        for cells in reader:
            yield first, [clean_line(cell) for cell in cells]
            first = reader.line_num + 1
    except csv.Error:
        yield first, None


def _check_cells(row: Row) -> str | None:
    """What is wrong with a row's cells whatever they mean; None if nothing is."""
    for name, cell in row.items():
        if len(cell) > LENGTHS.get(name, LONGEST):
            return f"isian kolom {name} terlalu panjang. Periksa isinya dan tanda kutipnya."
    return None


@dataclass
class _Table:
    """A CSV behind its header: `rows` as `_read_rows`, their lines counted in the file; `problem` where a column
    is missing."""

    header: list[str]
    rows: Iterator[tuple[int, list[str] | None]]
    sign: str
    problem: str = ""


def _open_table(text: str, *, file: str, columns: tuple[str, ...]) -> _Table:
    lines = text.replace("\0", "").splitlines(keepends=True)
    skipped = 1 if lines and re.fullmatch(r"sep=.\s*", lines[0], re.IGNORECASE) else 0  # a spreadsheet's own
    separator = _find_separator(lines[skipped] if len(lines) > skipped else "", columns)
    rows = ((number + skipped, cells) for number, cells in _read_rows(lines[skipped:], separator))
    found = _Table([name.casefold() for name in next(rows, (0, None))[1] or []], rows, _SEPARATORS[separator])
    missing = [name for name in columns if name not in found.header]
    if missing:
        told = f" (pemisah yang terbaca: {found.sign})" if len(missing) == len(columns) else ""
        found.problem = f"{file}: kolom {', '.join(missing)} tidak ada{told}. Tambahkan kolom itu."
    return found


def read_table(
    text: str, *, file: str, key: str, columns: tuple[str, ...]
) -> tuple[dict[str, Row], list[str]]:
    """The rows of a CSV by `key`, each with its place as "where", and the problems, a sentence each."""
    table = _open_table(text, file=file, columns=columns)
    if table.problem:
        return {}, [table.problem]
    header = table.header
    found: dict[str, Row] = {}
    problems = []
    for number, cells in table.rows:
        where = f"{file} baris {number}"
        if cells is None:
            problems.append(f"{where}: tidak terbaca. Periksa tanda kutip yang tidak ditutup.")
        elif len(cells) > len(header) and any(cells[len(header) :]):
            problems.append(
                f"{where}: lebih banyak isian daripada kolom. Beri tanda kutip pada isian yang memuat {table.sign}."
            )
        elif any(cells):
            row: Row = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
            row |= {name: clean_code(row[name]) for name in CODES if row.get(name)}
            wrong = _check_cells(row)
            if wrong:
                problems.append(f"{where}: {wrong}")
            elif not row[key]:
                problems.append(f"{where}: kolom {key} kosong. Isi atau hapus baris itu.")
            elif row[key] in found:
                problems.append(f"{where}: {row[key]} sudah ada di baris lain. Hapus salah satu.")
            else:
                found[row[key]] = row | {"where": where}
    return found, problems


def read_pairs(text: str, *, file: str) -> tuple[list[tuple[str, str]], list[str]]:
    """A decree's table of old and new codes, in its order, and the problems. An old code may stand in several rows."""
    table = _open_table(text, file=file, columns=PAIR_COLUMNS)
    if table.problem:
        return [], [table.problem]
    pairs: list[tuple[str, str]] = []
    problems = []
    for number, cells in table.rows:
        row = dict(zip(table.header, cells or [], strict=False))
        old, new = (clean_code(row.get(name, "")) for name in PAIR_COLUMNS)
        same_level = len(old) == len(new) and re.fullmatch(r"\d\d\.\d\d\.\d\d(?:\.\d{4})?", old)
        if cells is not None and not any(cells):
            continue
        if not (same_level and re.fullmatch(r"[\d.]+", new)):
            problems.append(
                f"{file} baris {number}: perlu dua kode desa, atau dua kode kecamatan, misalnya 35.19.01.2001."
            )
        elif (old, new) not in pairs:
            pairs.append((old, new))
    return pairs, problems
