"""Numbers of submissions: a sequence of their own, readable over the phone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metering", "0002_reading_partitions")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE metering_submission START 1;", "DROP SEQUENCE metering_submission;"
        ),
    ]
