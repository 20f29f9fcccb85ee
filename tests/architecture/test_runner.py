"""tests/run on a machine that lacks something, seen by somebody who may not install it."""

import os
import subprocess
from pathlib import Path

from tests.architecture.tree import ROOT


def _machine(folder: Path, *, without: str, user: int) -> dict[str, str]:
    """A search path with this machine's programs but one, where `id -u` says `user`."""
    for directory in ("/bin", "/usr/bin"):
        for program in Path(directory).iterdir():
            if not program.name.startswith((without, "google-chrome", "apt-get")):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    (folder / "id").unlink()
    (folder / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (folder / "id").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("CHROMIUM", "PATH")}
    return kept | {"PATH": str(folder), "TMPDIR": str(folder.parent)}


def test_one_sentence_says_what_to_install(tmp_path: Path):
    programs = tmp_path / "bin"
    programs.mkdir()
    machine = _machine(programs, without="chromium", user=1000)
    done = subprocess.run(
        ["bash", "tests/run", "--sqlite"], cwd=ROOT, env=machine, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "tests/run: please install first: chromium fonts-liberation "
        "(Debian: sudo apt-get install chromium fonts-liberation)."
    ]
    assert list(tmp_path.glob("jemput-bola-tests.*")) == [], "nothing is left behind"
