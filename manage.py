#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Run: python3 -m venv .venv && "
            ".venv/bin/pip install -r requirements.txt, then use .venv/bin/python manage.py"
        )
    try:
        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"config", "outreach", "visits", "tests"}:
            raise
        sys.exit(f"The package {error.name} is missing. Run: .venv/bin/pip install -r requirements.txt")


if __name__ == "__main__":
    main()
