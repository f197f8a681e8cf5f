"""Closing documents and the counters of their numbers."""

from django.db import models

from abonent.domain.invoicing.rules import PaperKind, Series, Verdict


class NumberSeries(models.Model):
    """The last number given in a series of a supplier and year; locked while one is given."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    series = models.CharField(max_length=16, choices=[(one, one) for one in Series])
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "series", "year"], name="number_series_once"
            )
        ]


class ClosingDocument(models.Model):
    """A paper of an organisation, frozen when its number was given; kopecks.

    ``content`` is the whole of it (``rules.papers.frozen``), the files are made of it alone.
    ``adjusted_period`` is the closed month that an adjustment changes. ``prepared_at``: when
    the files were made and kept.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField()
    contract = models.CharField(max_length=64, blank=True)
    period = models.DateField()
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in PaperKind])
    adjusted_period = models.DateField(null=True)
    series = models.CharField(max_length=16, choices=[(one, one) for one in Series])
    year = models.SmallIntegerField()
    ordinal = models.IntegerField()
    revision = models.SmallIntegerField(default=0)
    dated_on = models.DateField()
    net = models.BigIntegerField()
    vat = models.BigIntegerField()
    amount = models.BigIntegerField()
    file_name = models.CharField(max_length=255)
    content = models.TextField()
    issued_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "series", "year", "ordinal", "revision"],
                name="closing_number_once",
            ),
            models.UniqueConstraint(
                fields=[
                    "supplier", "account_id", "period", "kind", "contract", "adjusted_period",
                    "revision",
                ],
                name="closing_document_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["supplier", "period"],
                condition=models.Q(prepared_at__isnull=True),
                name="closing_to_prepare",
            )
        ]


class Reconciliation(models.Model):
    """A reconciliation act that was ordered, frozen as the ledger stood then."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    ordinal = models.IntegerField()
    since = models.DateField()
    until = models.DateField()
    closing = models.BigIntegerField()
    content = models.TextField()
    # Of what the act says, without its number and moment: the same act is not made twice.
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "year", "ordinal"], name="reconciliation_number_once"
            ),
            models.UniqueConstraint(
                fields=["supplier", "account_id", "digest"], name="reconciliation_once"
            ),
        ]


class ReconciliationAnswer(models.Model):
    """What the customer's side says of an act: given once, by a person with a name."""

    reconciliation = models.OneToOneField(Reconciliation, models.PROTECT)
    verdict = models.CharField(max_length=16, choices=[(one, one) for one in Verdict])
    # Row of the act → what is wrong there, as typed; empty key: of the act as a whole.
    discrepancies = models.JSONField(default=dict)
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=300)
    answered_at = models.DateTimeField()
