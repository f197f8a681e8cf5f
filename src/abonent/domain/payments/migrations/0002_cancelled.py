"""A payment may be given up by its payer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Name the new state; the column itself stays as it is."""

    dependencies = [("payments", "0001_initial")]
    operations = [
        migrations.AlterField(
            "payment",
            "state",
            models.CharField(
                max_length=16,
                choices=[
                    (state, state)
                    for state in (
                        "created",
                        "sent",
                        "awaiting_payer",
                        "unknown",
                        "captured",
                        "declined",
                        "expired",
                        "cancelled",
                        "quarantined",
                    )
                ],
            ),
        )
    ]
