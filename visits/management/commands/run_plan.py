from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visits.models import PlanRun
from visits.schedule.runs import plan_runs


class Command(BaseCommand):
    help = "Works on a planning run here and now, without the queue. A run that a worker holds is left to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, help="the run's id")

    def handle(self, *args: Any, **options: Any) -> None:
        done = plan_runs.work_on_run(run_id=str(options["run"]))
        run = PlanRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError("There is no such run.")
        self.stdout.write(f"{run.state}: {run.served} of {run.candidates} served {run.message}".rstrip())
        if not done:
            raise CommandError("Nothing was planned.")
