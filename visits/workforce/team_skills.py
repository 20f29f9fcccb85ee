"""What teams can do now: the parts of their kits, and their people."""

from outreach.enums import Skill
from visits.models import Officer, Team


def list_team_skills() -> dict[int, frozenset[str]]:
    """Each team's skills: the parts of its kit, and WOMAN_OFFICER if it has one now."""
    women = set(Officer.objects.filter(woman=True, is_active=True).values_list("team_id", flat=True))
    return {
        pk: frozenset(skills) | ({str(Skill.WOMAN_OFFICER)} if pk in women else frozenset())
        for pk, skills in Team.objects.values_list("pk", "skills")
    }


def find_unmanned_teams() -> set[int]:
    """Teams in which no officer is active."""
    manned = Officer.objects.filter(is_active=True).values("team")
    return set(Team.objects.exclude(pk__in=manned).values_list("pk", flat=True))


def find_deserted_teams() -> set[int]:
    """Teams whose officers are all away, so that nobody works for them; not those whose officers nobody has entered."""
    return find_unmanned_teams() & set(Officer.objects.values_list("team_id", flat=True))
