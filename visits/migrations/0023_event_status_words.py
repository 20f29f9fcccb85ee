from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("visits", "0022_walk_ins")]

    operations = [
        migrations.AlterModelOptions(
            name="eventstatus",
            options={"verbose_name": "laporan tablet", "verbose_name_plural": "laporan tablet"},
        ),
    ]
