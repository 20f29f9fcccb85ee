"""The browser's tests need the browser libraries, also those that only ask the servers."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _libraries(libraries: None) -> None:
    """Before any stack: its processes look at their static files once, when they start."""
