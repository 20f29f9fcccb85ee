import subprocess
import sys
from pathlib import Path

from django.conf import settings as configured

from visits.schedule.runs import engine

LOADED = """
import sys
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
call_command("check")
get_resolver().url_patterns
import visits.admin, visits.tasks, config.wsgi
print("numba" in sys.modules, "llvmlite" in sys.modules)
"""


def test_a_web_process_never_loads_numba(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=configured.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False False"


def test_code_is_kept_apart_for_every_state_of_the_engine(settings, tmp_path: Path) -> None:
    settings.NUMBA_CACHE_DIR = tmp_path
    folder = engine.cache_dir()
    assert folder.parent == tmp_path

    settings.NUMBA_CACHE_DIR = folder  # as a child process finds it
    assert engine.cache_dir() == folder


def test_an_engine_is_warm_once_this_state_of_it_was_compiled(settings, tmp_path: Path) -> None:
    settings.NUMBA_CACHE_DIR = tmp_path
    (tmp_path / "engine-0123456789abcdef").mkdir()
    (tmp_path / "engine-0123456789abcdef" / "compiled").touch()
    assert not engine.is_warm()

    engine.cache_dir().mkdir()
    (engine.cache_dir() / "compiled").touch()
    assert engine.is_warm()
    assert engine.warm_in_background() is None
