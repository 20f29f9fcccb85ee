"""Requests that joined a known person show no visits until the family is confirmed; who made it known is."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def confirm_who_came_first(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A resident keeps the key of the request that made it known."""
    rows = apps.get_model("outreach", "VisitRequest").objects.filter(need__isnull=False)
    keys = rows.filter(resident__key=F("key")).values("pk")
    rows.filter(pk__in=keys).update(family_confirmed_at=F("decided_at"))


class Migration(migrations.Migration):
    dependencies = [("outreach", "0005_request_marks")]

    operations = [
        migrations.AddField(
            model_name="visitrequest",
            name="family_confirmed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="since when the status page shows the visits; empty where it joined a person who was known",
                null=True,
            ),
        ),
        migrations.RunPython(confirm_who_came_first, migrations.RunPython.noop),
    ]
