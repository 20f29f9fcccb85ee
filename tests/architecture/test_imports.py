"""What a process loads. The contracts between modules are in pyproject.toml and run by `lint-imports`."""

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

LOAD_THE_WEB = """
import sys
from config.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
import visits.templatetags.visits_need  # loaded by the first page
print(" ".join(sorted({name.split(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("doors", ["public,admin", "tablet"])
def test_a_web_process_does_not_load_the_compiler(doors: str):
    done = subprocess.run(
        [sys.executable, "-c", LOAD_THE_WEB],
        cwd=ROOT,
        env=os.environ | {"DOORS": doors, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {"django", "visits", "outreach"} <= loaded
    assert loaded & {"numba", "llvmlite", "scipy", "pandas", "playwright"} == set()


def test_the_check_command_does_not_load_the_compiler():
    code = "import sys; from django.core.management import execute_from_command_line as run; run(['manage.py', 'check']); print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    assert done.stdout.split()[-1] == "False"
