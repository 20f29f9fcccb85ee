from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from outreach.lib.names import fold_name

AT_ONCE = 500


def fill_name_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The folded name of every row, in chunks, so that no more of them is in memory at once."""
    for name in ("Resident", "VisitRequest"):
        rows: Any = apps.get_model("outreach", name).objects.only("pk", "name").order_by("pk")
        chunk = list(rows[:AT_ONCE])
        while chunk:
            for row in chunk:
                row.name_key = fold_name(row.name)[:120]
            rows.bulk_update(chunk, ["name_key"])
            chunk = list(rows.filter(pk__gt=chunk[-1].pk)[:AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_family_confirmed")]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="name_key",
                field=models.CharField(blank=True, db_index=True, default="", editable=False, max_length=120),
            )
            for model in ("resident", "visitrequest")
        ),
        migrations.RunPython(fill_name_keys, migrations.RunPython.noop),
    ]
