"""A live stack, and a Chromium profile of its tablet that can be opened and killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from playwright.sync_api import BrowserContext, Error, Playwright

from tests.support.browser import ARGUMENTS, PERSON, TABLET, chromium, set_clock
from tests.support.stack import Stack
from tests.support.wait import wait_until


class Profile:
    """The tablet's browser, on one folder of files however often it starts."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.folder = folder
        self._playwright = playwright
        self._context: BrowserContext | None = None

    def open(self) -> BrowserContext:
        context = self._playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium(),
            args=ARGUMENTS,
            viewport=TABLET,  # type: ignore[arg-type]
            **PERSON,  # type: ignore[arg-type]
        )
        self._context = set_clock(context)
        return context

    def close(self) -> None:
        if self._context is not None:
            with suppress(Error):  # killed
                self._context.close()
        self._context = None

    def kill_now(self) -> None:
        """End every process of the browser, as a flat battery does. From any thread."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                for child in process.children(recursive=True):
                    child.kill()
                process.kill()

    def kill(self) -> None:
        """The same, and wait until it is gone."""
        self.kill_now()
        wait_until(lambda: not self._processes(), seconds=20, what="the browser is gone")
        self.close()

    def _processes(self) -> list[psutil.Process]:
        mark = f"--user-data-dir={self.folder}"
        return [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or [])]


@contextmanager
def started_stack(template: Path | None) -> Iterator[tuple[Stack, Path]]:
    """A stack, and a folder for files of this run. `template` keeps the migrated database for the next run."""
    from tests.bench.sync import office
    from tests.support.databases import Template

    folder = Path(tempfile.mkdtemp(prefix="bench-tablet-"))
    stack = office.make_stack(folder / "stack", Template(template or folder))
    try:
        stack.start(seconds=180)
        yield stack, folder
    finally:
        stack.end()
        shutil.rmtree(folder, ignore_errors=True)
