import os
import time
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import processes
from visits.demo import accounts, requests, teams, week

MOST_VISITS = 60  # as a shift may have


class Command(BaseCommand):
    help = (
        "Fills an empty installation with a regency's week of made-up people, plans and publishes it, then serves "
        "everything until Ctrl-C. A repeat keeps what is there. Refuses to touch a database with real people."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        processes.add_arguments(parser)
        parser.add_argument(
            "--needs", type=int, default=600, help="made-up residents who wait for a visit (600)"
        )
        parser.add_argument("--teams", type=int, default=6, help="teams (6)")
        parser.add_argument(
            "--visits-a-day",
            type=int,
            choices=range(1, MOST_VISITS + 1),
            metavar=f"1-{MOST_VISITS}",
            default=teams.VISITS_A_DAY,
            help=f"most visits of a team on a day ({teams.VISITS_A_DAY})",
        )
        parser.add_argument("--days", type=int, default=5, help="working days to plan (5)")
        parser.add_argument("--seconds", type=int, default=20, help="how long the planner may compute (20)")
        parser.add_argument("--seed", type=int, default=1, help="other people, another plan (1)")
        parser.add_argument("--no-serve", action="store_true", help="only fill, plan and print")

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        where = processes.parse_addresses(options)
        try:
            if not options["no_serve"]:
                processes.require_free_ports(where)
            login = self._fill(options)
        except (processes.CannotServeError, week.NoPlanError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Ready after {time.monotonic() - begin:.0f} s.\n\n")
        self.stdout.write(
            f"Login of the office: {login.user.username}  password: {login.password}  (a demo asks for no second step)"
        )
        if not options["no_serve"]:
            os.environ["DEMO"] = "on"
            processes.run_processes(where, say=self.stdout.write)

    def _fill(self, options: dict[str, Any]) -> accounts.DemoLogin:
        call_command("migrate", verbosity=0, interactive=False)
        if requests.holds_real_data():
            raise CommandError(
                "This database holds people who are not made up; the demo does not touch it. "
                "Give it an installation of its own, for example DATA_DIR=/tmp/demo."
            )
        call_command("assets", verbosity=0)
        call_command("load_region", stdout=self.stdout)
        call_command("capture_keys", "create", stdout=StringIO())
        login = accounts.ensure_coordinator(keys_dir=settings.KEYS_DIR)
        crews = teams.make_teams(count=options["teams"], visits_a_day=options["visits_a_day"])
        asked = requests.ask_for_visits(needs=options["needs"], seed=options["seed"], user=login.user)
        self.stdout.write(
            f"Made-up people: {asked.made} new, {asked.waiting} requests wait for the coordinator."
        )
        made = week.publish_week(
            crews=crews,
            days=options["days"],
            seconds=options["seconds"],
            seed=options["seed"],
            user=login.user,
            say=self.stdout.write,
        )
        self.stdout.write("Published:" if made.made else "Published by an earlier demo:")
        self.stdout.write("\n".join(week.describe_plan(made.plan)))
        return login
