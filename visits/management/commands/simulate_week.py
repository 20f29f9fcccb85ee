import time
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from visits.schedule.problem import simulation


class Command(BaseCommand):
    help = (
        "Replays the published days of a week many times, with drawn visits, drives and visits in vain: how many "
        "families are met in time, and how late teams are home. Nothing is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first", type=date.fromisoformat, help="first day, YYYY-MM-DD (today)")
        parser.add_argument("--days", type=int, default=7, help="how many days (7)")
        parser.add_argument(
            "--runs", type=int, default=settings.REPLAYS, help=f"replays of each day ({settings.REPLAYS})"
        )
        parser.add_argument("--seed", type=int, default=simulation.SEED, help="other draws (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["runs"] < 1 or options["days"] < 1 or options["seed"] < 0:
            raise CommandError("--runs and --days must be 1 or more, --seed 0 or more.")
        first = options["first"] or timezone.localdate()
        last = first + timedelta(days=options["days"] - 1)
        begun = time.perf_counter()
        found = simulation.simulate_published(
            first=first, last=last, runs=options["runs"], seed=options["seed"]
        )
        if not found.homes:
            raise CommandError(f"Nothing is published from {first} to {last}.")
        self.stdout.write(
            f"{first} to {last}: {found.team_days} team-days, {found.homes} visits, replayed {found.runs} times "
            f"in {time.perf_counter() - begun:.1f} s.\n"
            f"Met within the interval told: {found.coverage:.1%} (stated {settings.ARRIVAL_COVERAGE:.0%}); "
            f"before its end: {found.on_time:.1%}; who comes later is late by {found.late_mean_s / 60:.0f} min.\n"
            f"Intervals are {found.width_mean_s / 60:.0f} min long on average.\n"
            f"Overtime per team-day: mean {found.overtime_mean_s / 60:.1f} min, P95 "
            f"{found.overtime_p95_s / 60:.1f} min. Waiting: {found.idle_mean_s / 60:.0f} min."
        )
