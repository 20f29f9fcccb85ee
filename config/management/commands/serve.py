from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import processes


class Command(BaseCommand):
    help = (
        "Starts the web pages, the tablets' origin and the worker as one process tree; Ctrl-C ends all of it. "
        "Fetches the browser libraries where they are missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        processes.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("assets", verbosity=0)  # without them maps and tablets stay empty
        try:
            processes.run_processes(processes.parse_addresses(options), say=self.stdout.write)
        except processes.CannotServeError as error:
            raise CommandError(str(error)) from None
