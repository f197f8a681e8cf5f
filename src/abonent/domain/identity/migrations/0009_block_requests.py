"""Requests to block a cabinet, each with a number."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep them; one at a time for a cabinet."""

    dependencies = [("identity", "0008_staff_roles")]
    operations = [
        migrations.CreateModel(
            name="BlockRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("supplier_id", models.BigIntegerField(null=True)),
                (
                    "channel",
                    models.CharField(
                        max_length=16,
                        choices=[
                            ("cabinet", "cabinet"),
                            ("letter", "letter"),
                            ("hotline", "hotline"),
                        ],
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("suspected_since", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.BigIntegerField(null=True)),
                ("lifted_why", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user"],
                        condition=models.Q(lifted_at=None),
                        name="one_standing_block",
                    )
                ]
            },
        ),
    ]
