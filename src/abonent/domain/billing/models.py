"""Periods, runs, charges and bills.

``Charge`` and ``Bill`` are hot tables: partitioned by month, written by COPY, without
foreign keys; ``abonent audit`` proves their references (PERF B, docs/adr/0004).
"""

from django.db import models

from abonent.domain.billing.rules.words import ChunkState, RunState


class BillingRun(models.Model):
    """One calculation of a month for a supplier; at most one of a month is published."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    period = models.DateField()
    as_of = models.DateField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in RunState])
    opened_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    # False for a run restored from an export: its bills are kept verbatim.
    calculated = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "period"], name="one_run_of_a_month")
        ]


class RunChunk(models.Model):
    """A range of accounts: the unit of work, one transaction, taken by any worker."""

    run = models.ForeignKey(BillingRun, models.PROTECT)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in ChunkState])
    bills = models.IntegerField(default=0)
    lines = models.IntegerField(default=0)
    charged = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "first_id"], name="chunk_of_run_once")
        ]


class LeftOut(models.Model):
    """An account or a service that a run could not bill, and what is missing for it.

    ``billed_at``: when the account was billed after all, apart from the run.
    """

    run = models.ForeignKey(BillingRun, models.PROTECT)
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    problem = models.CharField(max_length=32)
    parameter = models.CharField(max_length=200, blank=True)
    day = models.DateField()
    billed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "account_id"], name="left_out_run")]


class OpeningDebt(models.Model):
    """An imported balance with what the penalty needs to know of it (balances.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    month = models.DateField()
    part = models.SmallIntegerField()
    amount = models.BigIntegerField()
    due_on = models.DateField(null=True)
    penalty_counted_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "service_id", "month", "part"], name="opening_debt_once"
            )
        ]


class Charge(models.Model):
    """One line of a bill; volumes in millionths, rates in 1/100000 ₽, sums in kopecks."""

    pk = models.CompositePrimaryKey("period", "account_id", "line")
    period = models.DateField()
    account_id = models.BigIntegerField()
    line = models.SmallIntegerField()
    supplier_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    component = models.CharField(max_length=16)
    zone = models.CharField(max_length=16)
    band = models.SmallIntegerField()
    method = models.CharField(max_length=16)
    unit = models.CharField(max_length=8)
    volume = models.BigIntegerField()
    rate = models.BigIntegerField()
    multiplier = models.IntegerField()
    amount = models.BigIntegerField()
    vat = models.BigIntegerField()
    corrects = models.CharField(max_length=80, null=True)
    rule = models.CharField(max_length=32)
    basis = models.TextField()

    class Meta:
        managed = False
        db_table = "billing_charge"


class Bill(models.Model):
    """What an account owes for a month (квитанция); kopecks."""

    pk = models.CompositePrimaryKey("period", "account_id")
    period = models.DateField()
    account_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    number = models.CharField(max_length=80)
    opening = models.BigIntegerField()
    charged = models.BigIntegerField()
    penalty = models.BigIntegerField()
    paid = models.BigIntegerField()
    due = models.BigIntegerField()
    due_by = models.DateField()

    class Meta:
        managed = False
        db_table = "billing_bill"


class PaymentSchedule(models.Model):
    """When an organisation pays which part of a month (EXCHANGE schedules.csv).

    Of one account, or of a class of organisations. ``part`` orders the payments;
    ``percent`` null is the rest; ``month_offset`` counts from the month paid for.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField(null=True)
    organisation_class = models.CharField(max_length=16, blank=True)
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, null=True, db_index=False
    )
    part = models.CharField(max_length=16, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    day = models.SmallIntegerField(null=True)
    month_offset = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "supplier",
                    "account_id",
                    "organisation_class",
                    "service",
                    "part",
                    "valid_from",
                ],
                name="payment_schedule_once",
                nulls_distinct=False,
            )
        ]


class Penalty(models.Model):
    """Arrears interest levied with a bill, of one service and month of debt; kopecks.

    ``counted`` is all that was counted to the day of calculation, ``amount`` what was new
    of it; ``basis`` keeps the days, so that the sum can be explained years later.
    """

    pk = models.CompositePrimaryKey("period", "account_id", "service_id", "debt_month")
    period = models.DateField()
    account_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    run_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    debt_month = models.DateField()
    amount = models.BigIntegerField()
    counted = models.BigIntegerField()
    basis = models.TextField()


class PenaltySuspension(models.Model):
    """Days without arrears interest, of one account or of all (penalty_suspensions.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField(null=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "account_id", "from_on"],
                name="penalty_suspension_once",
                nulls_distinct=False,
            )
        ]


class Instalment(models.Model):
    """A part of a debt with a day of its own to pay it by (рассрочка; instalments.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    month = models.DateField()
    due_on = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "account_id", "service_id", "month", "due_on"],
                name="instalment_once",
            )
        ]


class Amnesty(models.Model):
    """A campaign: who pays the principal by a day is forgiven the penalties counted to a day."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    name = models.CharField(max_length=100)
    pay_until = models.DateField()
    counted_to = models.DateField()
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "name"], name="amnesty_name_once")
        ]


class PenaltyWriteOff(models.Model):
    """Penalties of a service and month of debt that were forgiven; ``basis`` names why."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    debt_month = models.DateField()
    written_off_on = models.DateField()
    amount = models.BigIntegerField()
    basis = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "supplier",
                    "account_id",
                    "service_id",
                    "debt_month",
                    "written_off_on",
                    "basis",
                ],
                name="write_off_once",
            )
        ]


class DebtNotice(models.Model):
    """A written warning of a debt, from whose delivery the days to a restriction run (PP 354)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    debt = models.BigIntegerField()
    limit = models.BigIntegerField()
    delivered_on = models.DateField()
    # How it was delivered and proven: a signature, a registered letter, the cabinet.
    proof = models.CharField(max_length=200)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "account_id", "service_id"],
                condition=models.Q(closed_on__isnull=True),
                name="one_open_debt_notice",
            ),
            models.UniqueConstraint(
                fields=["supplier", "account_id", "service_id", "delivered_on"],
                name="debt_notice_once",
            ),
        ]
