"""The files of the tablet app and their common version, which its service worker caches."""

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

# Folders under static files, and the kinds of file in them that a browser asks for.
FOLDERS = {
    "visits/tablet": ("*.js", "*.css", "*.webmanifest"),
    "outreach": ("tokens.css", "icon.svg"),
    "npm/idb": ("*.js",),
    "npm/jose": ("*.js",),
    "npm/leaflet": ("*.js", "*.css"),
    "npm/signature_pad": ("*.js",),
    "npm/uqr": ("*.mjs",),
}
WORKER = "visits/tablet/sw.js"
START = "visits/tablet/app.js"
_IMPORT = re.compile(
    r"""^(?:import|export|\})[^;()'"]*["'](\.[^"']+)["'];""", re.MULTILINE
)  # not import(): that comes late


@dataclass(frozen=True)
class Shell:
    """`files` are addresses, pages first; `version` changes with any byte of any of them, and with the
    policies that the pages come with."""

    version: str
    files: tuple[str, ...]
    worker: str


def _list_files() -> list[tuple[str, Path]]:
    files = []
    for folder, patterns in FOLDERS.items():
        root = finders.find(folder)
        for path in sorted({found for glob in patterns for found in Path(root or "").rglob(glob) if root}):
            files.append((f"{folder}/{path.relative_to(Path(str(root))).as_posix()}", path))
    return files


@cache
def list_start_modules() -> tuple[str, ...]:
    """Addresses of the modules that the app imports before it starts, the nearest first; read once a process. The page
    names them all, or the browser would find them one layer after the other."""
    found = [START]
    for name in found:  # grows meanwhile
        path = finders.find(name)
        text = Path(str(path)).read_text() if path else ""
        imported = (
            posixpath.normpath(posixpath.join(posixpath.dirname(name), told))
            for told in _IMPORT.findall(text)
        )
        found += [one for one in dict.fromkeys(imported) if one not in found]
    return tuple(static(name) for name in found)


@cache
def load_shell(pages: tuple[tuple[str, str], ...], *, policies: str) -> Shell:
    """The shell around these rendered pages, each with its address; read once a process. `policies`: the headers that
    a tablet keeps with the pages, as text."""
    digest = hashlib.sha256("\0".join([policies, *(page for _address, page in pages)]).encode())
    files = [address for address, _page in pages]
    for name, path in _list_files():
        content = path.read_bytes()
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        if name != WORKER:
            files.append(static(name))
    worker = Path(str(finders.find(WORKER))).read_text()
    return Shell(version=digest.hexdigest()[:16], files=tuple(files), worker=worker)
