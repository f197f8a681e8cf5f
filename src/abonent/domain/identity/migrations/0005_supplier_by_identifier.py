"""Rooms below suppliers keep their identifier only: the column stays, the reference goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Turn the reference into a plain number."""

    dependencies = [("identity", "0004_city_and_inn")]
    operations = [
        migrations.AlterField(
            "consent", "supplier", models.BigIntegerField(db_column="supplier_id")
        ),
        migrations.RenameField("consent", "supplier", "supplier_id"),
        migrations.AlterField("consent", "supplier_id", models.BigIntegerField()),
    ]
