from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from config import processes
from outreach.lib.crypto import KeyRingError


class Command(migrate.Command):
    help = "Updates the database, then makes the keys that are missing, so that the first backup has them."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        looks = options["plan"] or options["check_unapplied"] or options["prune"]
        # Tests make their databases by `run_syncdb`, and their keys as they need them.
        if looks or options["run_syncdb"] or options["app_label"]:
            return
        try:
            processes.make_keys(say=self.stdout.write if options["verbosity"] else lambda _line: None)
        except KeyRingError as error:
            raise CommandError(f"{error} (setting FIELD_KEYS_FILE)") from None
