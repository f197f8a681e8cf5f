"""Payments, what they were meant for, how they moved, and all we heard about them.

No foreign keys: payments of a bundle come by the hundred thousand (docs/adr/0003 gives
the reason, ``queries.invariants`` the proof).
"""

from django.db import models

from abonent.domain.payments.rules import Kind, PaymentState
from abonent.domain.payments.rules.receipts import ReceiptState
from abonent.domain.payments.rules.refunds import REFUND_IN_FLIGHT, Origin, RefundState


class Payment(models.Model):
    """Money on its way to an account, or money that has come.

    ``channel`` is an acquirer's name, or free text of a bundle; ``external_id`` is the
    operation's number there, empty until the bank has given one.
    """

    uuid = models.UUIDField(unique=True)
    supplier_id = models.BigIntegerField()
    # 0: money for a number that we do not have; it lies in suspense until it is attributed.
    account_id = models.BigIntegerField()
    # What the payer named, of money for a number that we do not have.
    named_account = models.CharField(max_length=200, db_default="")
    user_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    service_id = models.BigIntegerField(db_default=0)
    month = models.DateField(null=True)
    part = models.SmallIntegerField(db_default=0)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in Kind])
    channel = models.CharField(max_length=64)
    external_id = models.CharField(max_length=128, db_default="")
    state = models.CharField(max_length=16, choices=[(state, state) for state in PaymentState])
    # Fencing: whoever writes names the version he saw (TRUST R8).
    version = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # The day it is listed under: when it was begun, later when it was paid.
    happened_on = models.DateField()
    paid_on = models.DateField(null=True)
    credited_on = models.DateField(null=True)
    confirmation_url = models.TextField(db_default="")
    answer_word = models.CharField(max_length=64, db_default="")
    method = models.CharField(max_length=32, db_default="")
    card = models.CharField(max_length=24, db_default="")
    # The form's one-time key with its user, and what it was used for.
    intent_key = models.CharField(max_length=120, null=True)
    intent_mark = models.CharField(max_length=64, db_default="")
    # The order as it was first asked; null for a payment that came in a file.
    asked = models.JSONField(null=True)
    # The payer wants the card kept that he uses at the bank's page.
    keeps_card = models.BooleanField(db_default=False)
    # The kept card that is charged, and the turn of an autopayment that charges it.
    bound_card_id = models.BigIntegerField(null=True)
    turn_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="payment_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["supplier_id", "channel", "external_id"],
                condition=~models.Q(external_id=""),
                name="payment_external_once",
            ),
            models.UniqueConstraint(
                fields=["supplier_id", "intent_key"],
                condition=models.Q(intent_key__isnull=False),
                name="payment_intent_once",
            ),
            # Of the payments of a turn at most one ever left for the bank (TRUST I15).
            models.UniqueConstraint(
                fields=["turn_id"],
                condition=models.Q(turn_id__isnull=False, tried_at__isnull=False),
                name="payment_turn_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["supplier_id", "account_id", "-happened_on"], name="payment_of_account"
            ),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="payment_to_check",
            ),
            models.Index(
                fields=["supplier_id", "user_id"],
                condition=models.Q(user_id__isnull=False),
                name="payment_of_user",
            ),
            models.Index(
                fields=["turn_id"],
                condition=models.Q(turn_id__isnull=False),
                name="payment_of_turn",
            ),
        ]


class PaymentPart(models.Model):
    """What a part of a payment through an acquirer was meant for; parts sum to the payment."""

    pk = models.CompositePrimaryKey("payment_id", "line")
    payment_id = models.BigIntegerField()
    line = models.SmallIntegerField()
    account_id = models.BigIntegerField()
    service_id = models.BigIntegerField()
    month = models.DateField(null=True)
    part = models.SmallIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_part_positive")
        ]
        indexes = [models.Index(fields=["account_id"], name="payment_part_account")]


class Move(models.Model):
    """A step from one state to another; the history that I6 is read from."""

    version = models.IntegerField()
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    cause = models.CharField(max_length=16)
    moved_at = models.DateTimeField()

    class Meta:
        abstract = True


class PaymentMove(Move):
    """A step of a payment."""

    pk = models.CompositePrimaryKey("payment_id", "version")
    payment_id = models.BigIntegerField()


class Refund(models.Model):
    """Money of a payment on its way back to where it came from, or back there already.

    ``back_id`` is the payment of kind refund that it became. Who asked and who approved
    are two people above the supplier's limit (TRUST T38).
    """

    uuid = models.UUIDField(unique=True)
    supplier_id = models.BigIntegerField()
    payment_id = models.BigIntegerField()
    # 0: from whatever account of the payment, when the bank made the refund by itself.
    account_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    origin = models.CharField(max_length=16, choices=[(one, one) for one in Origin])
    why = models.TextField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in RefundState])
    version = models.IntegerField(db_default=0)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    state_since = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=128, db_default="")
    answer_word = models.CharField(max_length=64, db_default="")
    back_id = models.BigIntegerField(null=True)
    # The receipt of the refund as it is sent with it; null when the payment had none.
    receipt = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(
                fields=["payment_id"],
                condition=models.Q(state__in=sorted(REFUND_IN_FLIGHT)),
                name="refund_one_in_flight",
            ),
            models.UniqueConstraint(
                fields=["payment_id", "external_id"],
                condition=~models.Q(external_id=""),
                name="refund_external_once",
            ),
        ]
        indexes = [
            models.Index(fields=["payment_id"], name="refund_of_payment"),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="refund_to_check",
            ),
        ]


class FiscalReceipt(models.Model):
    """The cash register's receipt for money that came, or that went back (54-ФЗ).

    ``payment_id`` is the payment of either kind: exactly one receipt for each (TRUST I9).
    """

    supplier_id = models.BigIntegerField()
    payment_id = models.BigIntegerField(unique=True)
    # What the register was told, as it was sent with the payment or the refund.
    content = models.JSONField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in ReceiptState])
    opened_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    document_number = models.CharField(max_length=32, blank=True)
    storage_number = models.CharField(max_length=32, blank=True)
    sign = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(next_check_at__isnull=False),
                name="receipt_to_check",
            )
        ]


class RefundMove(Move):
    """A step of a refund."""

    pk = models.CompositePrimaryKey("refund_id", "version")
    refund_id = models.BigIntegerField()


class ProviderCall(models.Model):
    """A question to an acquirer with its answer, masked."""

    payment_id = models.BigIntegerField()
    question = models.CharField(max_length=160)
    request = models.TextField(blank=True)
    status = models.SmallIntegerField(null=True)
    response = models.TextField(blank=True)
    problem = models.CharField(max_length=160, blank=True)
    milliseconds = models.IntegerField()
    called_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["payment_id"], name="provider_call_payment")]


class Notice(models.Model):
    """A message of an acquirer as it came: a hint, never a truth (TRUST R4).

    Also the call of an agent that contradicted what stands: kept with the ``reason``.
    """

    channel = models.CharField(max_length=64)
    supplier_id = models.BigIntegerField()
    body_hash = models.CharField(max_length=64)
    body = models.BinaryField()
    address = models.CharField(max_length=64, blank=True)
    times = models.IntegerField(db_default=1)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, db_default="")
    reason = models.CharField(max_length=200, db_default="")
    payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "supplier_id", "body_hash"], name="notice_body_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(handled_at__isnull=True),
                name="notice_waiting",
            )
        ]


class AgentOperation(models.Model):
    """An operation that an agent told us of, and what he was answered, once for ever.

    ``payment_id`` is the money it brought; none for a refusal or for a cancellation that
    came before its payment.
    """

    supplier_id = models.BigIntegerField()
    channel = models.CharField(max_length=64)
    external_id = models.CharField(max_length=128)
    account_text = models.CharField(max_length=200, db_default="")
    amount = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=24)
    payment_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_number = models.CharField(max_length=128, db_default="")
    cancel_payment_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_id", "channel", "external_id"], name="agent_operation_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["payment_id"],
                condition=models.Q(payment_id__isnull=False),
                name="agent_operation_payment",
            )
        ]
