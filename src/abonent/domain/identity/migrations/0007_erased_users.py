"""A cabinet that its person has deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Note the moment; let a code confirm the deletion."""

    dependencies = [("identity", "0006_drafts")]
    operations = [
        migrations.AddField(
            "user", "erased_at", models.DateTimeField(null=True, blank=True)
        ),
        migrations.AlterField(
            "onetimecode",
            "purpose",
            models.CharField(
                max_length=32,
                choices=[
                    ("link_account", "link_account"),
                    ("delete_cabinet", "delete_cabinet"),
                ],
            ),
        ),
    ]
