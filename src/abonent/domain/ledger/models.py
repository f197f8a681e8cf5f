"""Transfers and entries. Rows are only ever added: the database refuses the rest.

No foreign keys: on the billing run they cost more than the run itself (PERF B). What
they would promise is proven by ``queries.invariants`` instead (docs/adr/0003).
"""

from django.db import models


class Transfer(models.Model):
    """A reason, the day it happened, the moment it was recorded, and a key."""

    supplier_id = models.BigIntegerField()
    # The account that the transfer is about, 0 for the supplier's own.
    subject_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    reverses_id = models.BigIntegerField(null=True)
    happened_on = models.DateField()
    reason = models.SmallIntegerField()
    key = models.CharField(max_length=220, db_collation="C")
    # SHA-256 of the inputs: tells a repetition from a different use of the same key.
    fingerprint = models.BinaryField(max_length=32)
    note = models.CharField(max_length=300, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier_id", "key"], name="ledger_key_once"),
            models.UniqueConstraint(
                fields=["reverses_id"],
                condition=models.Q(reverses_id__isnull=False),
                name="ledger_reversed_once",
            ),
        ]


class Entry(models.Model):
    """One side of a transfer: debit positive, credit negative, in kopecks.

    ``book`` to ``channel`` are the parts of the ledger account's code. Reason and day
    are repeated here so that one covering index answers every read by account.
    """

    pk = models.CompositePrimaryKey("transfer_id", "line")
    transfer_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    happened_on = models.DateField()
    month = models.DateField(null=True)
    line = models.SmallIntegerField()
    reason = models.SmallIntegerField()
    book = models.SmallIntegerField()
    part = models.SmallIntegerField()
    # Written by post_batch, which proves the balance by set queries: the check at commit
    # passes over these rows.
    bulk = models.BooleanField(db_default=False)
    channel = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="ledger_entry_not_zero"),
        ]
        indexes = [
            models.Index(
                # By number, so that what came after a closing is found without what it holds.
                fields=["supplier_id", "subject_id", "transfer_id"],
                include=["book", "service_id", "month", "part", "amount", "reason", "happened_on"],
                condition=models.Q(subject_id__gt=0),
                name="ledger_entry_subject",
            ),
        ]


class Seal(models.Model):
    """A link of the chain: what stood under a range of transfers' numbers when it was sealed."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    transfers = models.BigIntegerField()
    entries = models.BigIntegerField()
    turnover = models.BigIntegerField()
    content = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first_id"], name="ledger_sealed_once"),
            models.CheckConstraint(
                condition=models.Q(last_id__gte=models.F("first_id")), name="ledger_seal_forward"
            ),
        ]


class Closing(models.Model):
    """What a supplier's accounts came to by a transfer's number, so that no read sums all years.

    Derived from the entries, unlike a seal: it may be made anew, and ``abonent audit`` proves
    it. ``before_on``: movements of the days before it are folded into one row an account.
    """

    supplier_id = models.BigIntegerField()
    through_id = models.BigIntegerField()
    before_on = models.DateField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier_id", "before_on"], name="ledger_closed_once")
        ]


class ClosedBalance(models.Model):
    """A ledger account of a subject that was not zero at a closing."""

    pk = models.CompositePrimaryKey("closing_id", "subject_id", "place")
    closing_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    month = models.DateField(null=True)
    last_on = models.DateField()
    place = models.IntegerField()
    book = models.SmallIntegerField()
    part = models.SmallIntegerField()


class ClosedMovement(models.Model):
    """What had moved an account's debts and advances by a closing.

    Reason 0 holds all days before the closing's; the others stand by reason and day.
    ``lasting``: some of it was owed longer than to the end of the month after.
    """

    pk = models.CompositePrimaryKey("closing_id", "subject_id", "happened_on", "reason")
    closing_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    happened_on = models.DateField()
    reason = models.SmallIntegerField()
    lasting = models.BooleanField()
