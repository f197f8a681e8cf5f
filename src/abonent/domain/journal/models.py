"""Who did what and who looked at what; rows are only ever added."""

from django.db import models


class JournalEntry(models.Model):
    """One act. The database refuses to change or remove it."""

    # Suppliers and users live in rooms above: only their identifiers are known here.
    supplier_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=120)
    details = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-recorded_at"], name="journal_subject"),
            models.Index(fields=["actor_id", "-recorded_at"], name="journal_actor"),
        ]
