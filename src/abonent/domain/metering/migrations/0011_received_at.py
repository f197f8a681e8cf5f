"""An index of blocks by the moment of receipt: a run finds the late readings of past months.

Readings lie in the order in which they came, so a few pages tell which blocks hold late ones;
an ordinary index would make each submission dearer. Django cannot index a partitioned table.
"""

from typing import ClassVar

from django.db import migrations

CREATE = """
CREATE INDEX metering_reading_received ON metering_reading
    USING brin (received_at) WITH (autosummarize = on)
"""
DROP = "DROP INDEX metering_reading_received"


class Migration(migrations.Migration):
    """Add the index to the table and to every month of it."""

    dependencies: ClassVar = [("metering", "0010_photos")]
    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]
