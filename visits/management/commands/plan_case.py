"""Plan a case file: `manage.py plan_case CASE --seconds S --seed N --output PLAN`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visits.management.case_errors import translate_error
from visits.planning import Progress, plan, warm
from visits.planning.case import read_case, write_plan
from visits.planning.errors import PlanningError


class Command(BaseCommand):
    help = "Rencanakan satu berkas kasus (planning-case/1) dan tulis rencananya."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", type=Path, help="berkas kasus")
        parser.add_argument("--seconds", type=float, help="detik mencari, sejak kasus terbaca")
        parser.add_argument("--iterations", type=int, help="sebagai ganti detik: hasilnya selalu sama")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--workers", type=int, default=2, help="pencari yang berjalan bersama")
        parser.add_argument("--output", type=Path, required=True, help="berkas rencana yang ditulis")
        parser.add_argument("--progress", action="store_true", help="tampilkan kemajuan")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["seconds"] is None) == (options["iterations"] is None):
            raise CommandError("Beri --seconds atau --iterations, salah satu saja.", returncode=2)
        stop = _Stop()
        self.say("Memuat mesin perencana; pertama kali perlu kompilasi beberapa detik.")
        took = warm()
        if took > 3:
            self.say(f"Kompilasi selesai dalam {took:.1f} detik.")
        try:
            problem = read_case(options["case"])
            result = plan(
                problem,
                seconds=options["seconds"],
                iterations=options["iterations"],
                seed=options["seed"],
                workers=options["workers"],
                on_progress=self.show if options["progress"] else None,
                should_stop=stop,
            )
            write_plan(result, options["output"])
        except PlanningError as error:
            raise CommandError(translate_error(error), returncode=2) from None
        except OSError as error:
            raise CommandError(
                f"{options['output']}: tidak dapat ditulis ({error.strerror}); periksa foldernya",
                returncode=2,
            ) from None
        stats = result.statistics
        self.say(
            f"Terlayani {stats.served}, belum {stats.unserved}, {stats.points:g} poin, "
            f"perjalanan {stats.travel_s / 60:.0f} menit, {stats.iterations} langkah."
        )
        for broken in result.broken_locks:
            self.say(f"Janji tidak dapat ditepati: {broken.visit} pada {broken.shift} ({broken.reason}).")

    def show(self, progress: Progress) -> None:
        width = 30
        done = round(width * min(1.0, progress.share))
        self.stderr.write(
            f"\r[{'#' * done}{'.' * (width - done)}] {progress.elapsed_s:5.1f} d  "
            f"terlayani {progress.served}  nilai {progress.score:,.0f}",
            ending="\n" if progress.share >= 1 else "",
        )
        self.stderr.flush()

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class _Stop:
    """Ctrl-C or a polite kill asks the planner to stop; the best plan so far is still written."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.ask)

    def ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def __call__(self) -> bool:
        return self.asked
