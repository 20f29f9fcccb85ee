from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import assets


class Command(BaseCommand):
    help = "Installs the browser libraries from npm and compiles the translations; takes no time when done before."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dev", action="store_true", help="also what the tests need in the browser (axe-core)"
        )

    def handle(self, *args: Any, dev: bool, **options: Any) -> None:
        source = settings.BASE_DIR / "visits" / "static" / "visits" / "tablet"
        try:
            installed = assets.install_libraries(source=source, target=settings.ASSETS_DIR, dev=dev)
        except assets.AssetsError as error:
            raise CommandError(str(error)) from None
        compiled = assets.compile_translations(
            source=settings.BASE_DIR / "config" / "locale", target=settings.ASSETS_DIR / "locale"
        )
        if options["verbosity"]:
            libraries = "installed" if installed else "already there"
            self.stdout.write(f"Browser libraries: {libraries}; translations compiled: {compiled}.")
