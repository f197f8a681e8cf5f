"""Rooms below suppliers keep their identifier only: the column stays, the reference goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Turn the reference into a plain number."""

    dependencies = [("journal", "0002_append_only")]
    operations = [
        migrations.AlterField(
            "journalentry", "supplier", models.BigIntegerField(null=True, db_column="supplier_id")
        ),
        migrations.RenameField("journalentry", "supplier", "supplier_id"),
        migrations.AlterField("journalentry", "supplier_id", models.BigIntegerField(null=True)),
    ]
