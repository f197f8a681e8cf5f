"""Rooms below suppliers keep their identifier only: the column stays, the reference goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Turn the reference into a plain number."""

    dependencies = [("messaging", "0001_initial")]
    operations = [
        migrations.AlterField(
            "message", "supplier", models.BigIntegerField(null=True, db_column="supplier_id")
        ),
        migrations.RenameField("message", "supplier", "supplier_id"),
        migrations.AlterField("message", "supplier_id", models.BigIntegerField(null=True)),
    ]
