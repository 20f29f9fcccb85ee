import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.lib.names import fold_name
from outreach.models import Resident, VisitRequest
from tests.factories.outreach import ResidentFactory, VisitRequestFactory


@pytest.mark.django_db
def test_the_key_follows_the_name_of_every_saved_row() -> None:
    row = ResidentFactory(name="Hj. Nur Hayati")
    assert Resident.objects.get().name_key == "nuraiati"

    row.name = "Sulastri"
    row.save(update_fields=["name", "name_key"])
    assert Resident.objects.get().name_key == "sulastri"


@pytest.mark.django_db
def test_rows_from_before_the_key_are_filled_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Nur Hayati", "Djoko", "Siti Aminah", "Wagiyem", "Ma'ruf")
    for name in names:
        ResidentFactory(name=name)
    VisitRequestFactory(name="Drs. Soekarno")
    for model in (Resident, VisitRequest):
        model._default_manager.update(name_key="")
    executor = MigrationExecutor(connection)
    migration = executor.loader.get_migration("outreach", "0007_name_key")
    fill = migration.operations[-1].code  # type: ignore[attr-defined]
    monkeypatch.setitem(fill.__globals__, "AT_ONCE", 2)
    state = executor.loader.project_state(("outreach", "0007_name_key"))

    fill(state.apps, connection.schema_editor())

    assert set(Resident.objects.values_list("name", "name_key")) == {
        (name, fold_name(name)) for name in names
    }
    assert VisitRequest.objects.get().name_key == "sukarno"
