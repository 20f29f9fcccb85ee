from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from visits.workforce import roles


class Command(BaseCommand):
    help = "Makes the group of coordinators, or gives it the permissions of a new version. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        group = roles.ensure_coordinators()
        self.stdout.write(
            _("Grup %(name)s: %(count)d hak.") % {"name": group.name, "count": group.permissions.count()}
        )
