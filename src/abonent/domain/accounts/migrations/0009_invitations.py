"""Relatives: invitations, and links that end by themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_ROLES = [("owner", "owner"), ("payer", "payer"), ("sender", "sender"), ("reader", "reader")]


class Migration(migrations.Migration):
    """Let an owner give a part of the rights, for a while."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0008_agreement_changes"),
    ]
    operations = [
        migrations.AddField(
            "accountaccess", "ends_at", models.DateTimeField(null=True)
        ),
        migrations.AddField(
            "accountaccess",
            "invited_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "accountaccess", "role", models.CharField(choices=_ROLES, max_length=16)
        ),
        migrations.AlterField(
            "accountaccess",
            "evidence",
            models.CharField(
                choices=[
                    ("contact_code", "contact_code"),
                    ("bill_code", "bill_code"),
                    ("weak", "weak"),
                    ("staff", "staff"),
                    ("invited", "invited"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="AccessInvitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact", models.CharField(max_length=254)),
                ("role", models.CharField(choices=_ROLES, max_length=16)),
                ("ends_on", models.DateField(null=True)),
                ("invited_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="suppliers.supplier"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="accounts.customeraccount"
                    ),
                ),
                (
                    "inviter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
