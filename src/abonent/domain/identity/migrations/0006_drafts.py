"""What was typed on a page and not yet confirmed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table of drafts."""

    dependencies = [("identity", "0005_supplier_by_identifier")]
    operations = [
        migrations.CreateModel(
            "draft",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=32)),
                ("content", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kept_at"], name="draft_when")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user", "page", "key"], name="one_draft_a_key"
                    )
                ],
            },
        ),
    ]
