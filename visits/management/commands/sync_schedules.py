from typing import Any

from django.core.management.base import BaseCommand

from visits.ops import schedules


class Command(BaseCommand):
    help = "Writes the declared periodic jobs to the queue's table. Workers do this by themselves when they start."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = schedules.sync_schedules()
        self.stdout.write(f"{len(schedules.DECLARED)} jobs declared, {changed} rows changed.")
