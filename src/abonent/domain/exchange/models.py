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


class Registry(models.Model):
    """A bank's or an agent's file of payments, kept as it came, whatever became of it."""

    supplier_id = models.BigIntegerField()
    channel = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    layout = models.CharField(max_length=32)
    body_hash = models.CharField(max_length=64)
    body = models.BinaryField()
    state = models.CharField(max_length=16)
    # Why it was set aside; empty for one that was loaded.
    reason = models.TextField(db_default="")
    # The bank's payment order that brings this registry's money, and how much that is.
    order_number = models.CharField(max_length=32, db_default="")
    net = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The same file may be refused many times, and is loaded once.
            models.UniqueConstraint(
                fields=["supplier_id", "channel", "body_hash"],
                condition=~models.Q(state="quarantined"),
                name="registry_body_once",
            ),
            models.UniqueConstraint(
                fields=["supplier_id", "channel", "name"],
                condition=~models.Q(state="quarantined"),
                name="registry_name_once",
            ),
        ]


class RegistryRow(models.Model):
    """A payment of a registry and what became of it; line 0 is one that the registry lacks."""

    registry_id = models.BigIntegerField()
    line = models.IntegerField()
    number = models.CharField(max_length=128)
    account_text = models.CharField(max_length=200)
    account_id = models.BigIntegerField(db_default=0)
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    outcome = models.CharField(max_length=16, db_default="")
    payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registry_id", "line", "number"], name="registry_row_once"
            )
        ]
