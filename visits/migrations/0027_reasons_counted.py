"""Reasons of who is left are counted without being read, and broken guarantees are rows instead of a part of each plan's
figures."""

from django.db import migrations, models
from django.db.models.fields.json import KT



def fill_codes(apps, schema_editor):
    rows = apps.get_model("visits", "PlanUnserved").objects.using(schema_editor.connection.alias)
    rows.filter(reasons__0__code__isnull=False).update(code=KT("reasons__0__code"))
    rows.filter(parts__0__code__in=["longest_wait", "due"]).exclude(code="by_hand").update(guaranteed=True)


def drop_guarantees(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("UPDATE visits_plan SET summary = summary - 'guarantees'")
        else:
            cursor.execute("UPDATE visits_plan SET summary = json_remove(summary, '$.guarantees')")


class Migration(migrations.Migration):
    dependencies = [("visits", "0026_captures_by_arrival")]

    operations = [
        migrations.AddField(
            "planunserved",
            "code",
            models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="of the first reason; empty: not explained",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "planunserved",
            "guaranteed",
            models.BooleanField(
                default=False,
                editable=False,
                help_text="had to be served: past the longest wait, or due",
            ),
        ),
        migrations.RunPython(fill_codes, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(drop_guarantees, migrations.RunPython.noop, elidable=True),
    ]
