from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0027_reasons_counted")]

    operations = [
        migrations.AddIndex(
            model_name="planunserved",
            index=models.Index(fields=["plan", "code"], name="visits_plan_plan_id_e41355_idx"),
        ),
        migrations.AddIndex(
            model_name="planunserved",
            index=models.Index(fields=["plan", "-priority"], name="visits_plan_plan_id_c1ce55_idx"),
        ),
        migrations.AddIndex(
            model_name="planunserved",
            index=models.Index(
                condition=models.Q(("guaranteed", True)), fields=["plan"], name="plan_guarantees"
            ),
        ),
    ]
