"""What is in the repository, for the tests about its shape."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def repository_files() -> list[Path]:
    """Tracked files and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def ours(*suffixes: str) -> list[Path]:
    return [path for path in repository_files() if path.suffix in suffixes and "migrations" not in path.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
