"""Bundles that came in and went out, rows set aside, and rows kept for later use."""

from django.db import models

from abonent.domain.exchange.rules import BatchState


class ImportBatch(models.Model):
    """A bundle that was loaded, whole or in its valid rows; a refused one leaves no trace."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=16, choices=[(state, state) for state in BatchState])
    started_at = models.DateTimeField()
    # For each file how many rows were new, changed, unchanged and rejected.
    counts = models.JSONField(default=dict)


class ImportRow(models.Model):
    """A row that a partial import did not load, with what was wrong about it."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT)
    file = models.CharField(max_length=64)
    line = models.BigIntegerField()
    row = models.JSONField(default=dict)
    error = models.TextField()


class ExportBatch(models.Model):
    """A bundle that was written out: when, of which month, how many rows."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    name = models.CharField(max_length=255)
    period = models.DateField(null=True)
    made_at = models.DateTimeField()
    counts = models.JSONField(default=dict)


class KeptRow(models.Model):
    """A checked row of a file that no room computes with yet; export gives it back."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    file = models.CharField(max_length=64)
    key = models.TextField()
    row = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "file", "key"], name="kept_row_once")
        ]
