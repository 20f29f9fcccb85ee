"""Which of the office's keys are missing on this machine; for `serve`, `check --deploy` and `/readyz`."""

from pathlib import Path

from outreach import vault
from outreach.lib.crypto import KeyRingError
from visits.enums import KeyRole, KeyState
from visits.keys.key_files import key_directory, key_path
from visits.models import PublicKey


def list_missing_keys() -> list[str]:
    """A sentence for each missing file, with what to do. Keys that another system user holds are not asked
    for."""
    try:
        vault.check_key_ring()
        found = []
    except KeyRingError as error:
        found = [f"{error} (setting FIELD_KEYS_FILE)"]
    rows = PublicKey.objects.filter(state=KeyState.CURRENT) | PublicKey.objects.filter(
        role=KeyRole.CAPTURE, state=KeyState.OLD
    )
    for kid, role in rows.order_by("role", "made_at").values_list("kid", "role"):
        path = key_path(KeyRole(role), kid)
        if not _belongs_to_another(key_directory(KeyRole(role))) and not path.is_file():
            found.append(f"{path.parent.name}/{path.name} is missing: put back the copy that was kept apart")
    return found


def _belongs_to_another(folder: Path) -> bool:
    try:
        next(folder.iterdir(), None)
    except PermissionError:
        return True
    except FileNotFoundError:
        return False
    return False
