"""Fixtures for every test: a database with the schema, keys in a folder of the run, live processes, Chromium."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from outreach import vault
from tests.factories.outreach import places
from tests.support import clock as clocks
from tests.support.order import order_for_workers
from tests.support.safe_reads import watch_reads

if TYPE_CHECKING:  # heavy, and most tests need neither
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support.databases import Template
    from tests.support.stack import Stack

# Playwright's event loop lives in the thread in which tests use the database; nothing of ours is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

pytest_plugins = ["tests.support.once_more"]
_running: "list[Stack]" = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--at", metavar="DATE", help="run as if it were then: 2026-12-04T11:45, office time")


def pytest_configure(config: pytest.Config) -> None:
    clocks.begin(at=config.getoption("--at"))
    # Every test client would look at all static files when it starts; so it looks for one that is asked for.
    django_settings.WHITENOISE_AUTOREFRESH = True
    # How often it was hashed stands in the hash, so that live processes, which hash as in the product, read it too.
    django_settings.PASSWORD_HASHERS = ["tests.support.hashing.QuickHasher"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark `database` on what uses one, by itself or through a process; pytest-django refuses it to all others."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {
            "db",
            "transactional_db",
            "make_stack",
            "template",
        }:
            item.add_marker("database")
    yield
    items[:] = order_for_workers(items)


@pytest.fixture(autouse=True, scope="session")
def _one_clock_for_all_processes() -> None:
    clocks.pass_on()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[clocks.Clock]:
    """Stands where `pytest.mark.clock(moment)` says, or else where the run does, until the test moves it."""
    mark = request.node.get_closest_marker("clock")
    with time_machine.travel(clocks.now().astimezone(clocks.OFFICE)) as traveller:
        clock = clocks.Clock(traveller)
        if mark:
            clock.move_to(*mark.args, **mark.kwargs)
        yield clock


@pytest.fixture(autouse=True)
def _at_the_marked_moment(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("clock"):
        request.getfixturevalue("clock")


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, settings) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.RECORDS_DIR = tmp_path / "records"
    settings.FIELD_KEYS_FILE = tmp_path / "keys" / "field_keys.json"
    vault.load_key_ring.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_recalled() -> None:
    """What a page kept for a minute was of another test's database."""
    cache.clear()


@pytest.fixture(autouse=True)
def _no_second_step_yet(settings) -> None:
    """An office that has not switched it on; what it does is shown in tests/config/accounts."""
    settings.STAFF_TWO_FACTOR_FROM = date.max


@pytest.fixture(autouse=True)
def _own_places() -> None:
    """Made-up villages lie where they lay in every other test."""
    places.start()


@pytest.fixture(autouse=True)
def _reads_write_nothing() -> Iterator[None]:
    """A page that is looked at changes nothing, in whichever test it is opened."""
    with watch_reads():
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> "Template":
    """The migrated, loaded database that every stack copies; one for all processes of a run."""
    from tests.support.databases import Template

    folder = tmp_path_factory.getbasetemp()
    return Template(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@contextmanager
def _ended_stacks(
    template: "Template", tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> "Iterator[Callable[[], Stack]]":
    """Makes stacks that end with the context."""
    from tests.support.stack import Stack

    made: list[Stack] = []

    def make() -> Stack:
        stack = Stack(tmp_path_factory.mktemp("stack"), template=template, blocker=django_db_blocker)
        made.append(stack)
        _running.append(stack)
        return stack

    yield make
    for stack in made:
        _running.remove(stack)
        stack.end()


@pytest.fixture(scope="module")
def make_stack(
    template: "Template", tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> "Iterator[Callable[[], Stack]]":
    """Makes stacks that live as long as the module; not started, so that data can be put in first."""
    with _ended_stacks(template, tmp_path_factory, django_db_blocker) as make:
        yield make


@pytest.fixture(scope="session")
def lasting_stack(
    template: "Template", tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> "Iterator[Stack]":
    """Running, one for all tests of a process that do not mind each other."""
    with _ended_stacks(template, tmp_path_factory, django_db_blocker) as make:
        stack = make()
        stack.start()
        yield stack


@pytest.fixture
def stack(make_stack: "Callable[[], Stack]") -> "Iterator[Stack]":
    """Web, tablets' origin and worker, running, on a fresh database with the region in it."""
    stack = make_stack()
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def shared_stack(make_stack: "Callable[[], Stack]") -> "Stack":
    """The same, one for all tests of a module: for tests that only look, or that do not mind each other."""
    stack = make_stack()
    stack.start()
    return stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the live processes said."""
    report = yield
    if report.failed:
        report.sections.extend((f"log of {stack.web}", stack.log()) for stack in _running)
    return report


@pytest.fixture(scope="session")
def libraries() -> None:
    """What pages load from npm, and axe-core; installed where they are missing."""
    call_command("assets", dev=True, verbosity=0)


@pytest.fixture(scope="session")
def browser(libraries: None) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    from tests.support.browser import OFFICE_PC, new_context

    context = new_context(browser, OFFICE_PC)
    yield context
    context.close()


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """A page as the office sees it: 1366x768, Indonesian, Western Indonesian time."""
    return context.new_page()
