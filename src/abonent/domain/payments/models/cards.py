"""Cards that a bank keeps for a person, and what is paid from them without being asked."""

from django.db import models

from abonent.domain.payments.rules.autopay import LIVING, MandateState, TurnState
from abonent.domain.payments.rules.cards import CardKind


class BoundCard(models.Model):
    """A card that may be charged: the bank's token, masked digits, the last month; no more.

    It pays one kind of payment of one person to one supplier (TRUST B5). A card that is
    removed has no row, so no token of it is left here.
    """

    uuid = models.UUIDField(unique=True)
    supplier_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    channel = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in CardKind])
    token = models.CharField(max_length=255)
    # The name under which the bank keeps it: the uuid of the payment that bound it.
    keeper = models.CharField(max_length=36)
    card = models.CharField(max_length=24)
    expires = models.DateField(null=True)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "keeper"], name="bound_card_keeper_once")
        ]
        indexes = [models.Index(fields=["user_id", "supplier_id"], name="bound_card_of_user")]


class CardRemoval(models.Model):
    """A card that is gone here and must be struck out at the bank; it can charge nothing."""

    supplier_id = models.BigIntegerField()
    channel = models.CharField(max_length=64)
    keeper = models.CharField(max_length=36)
    asked_at = models.DateTimeField()
    tries = models.SmallIntegerField(db_default=0)
    next_try_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "keeper"], name="card_removal_once")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="card_removal_due",
            )
        ]


class Autopay(models.Model):
    """A person's order to pay an account by a bound card when its bill is out.

    ``ceiling`` is the most of one charge, ``fixed`` the sum of each where one is fixed.
    ``day`` 0: as soon as the bill is out.
    """

    uuid = models.UUIDField(unique=True)
    supplier_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    card_id = models.BigIntegerField()
    ceiling = models.BigIntegerField()
    fixed = models.BigIntegerField(null=True)
    day = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=[(state, state) for state in MandateState])
    state_since = models.DateTimeField()
    stopped_why = models.CharField(max_length=24, db_default="")
    created_at = models.DateTimeField()
    next_look_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ceiling__gt=0), name="autopay_ceiling"),
            models.UniqueConstraint(
                fields=["account_id", "user_id"],
                condition=models.Q(state__in=sorted(LIVING)),
                name="autopay_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                condition=models.Q(next_look_at__isnull=False),
                name="autopay_due",
            ),
            models.Index(fields=["card_id"], name="autopay_of_card"),
        ]


class AutopayTurn(models.Model):
    """What an autopayment did about one bill: at most one for each (TRUST I15).

    ``ceiling`` and ``amount`` are those under which it was charged.
    """

    uuid = models.UUIDField(unique=True)
    autopay_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    period = models.DateField()
    state = models.CharField(max_length=12, choices=[(state, state) for state in TurnState])
    state_since = models.DateTimeField()
    why = models.CharField(max_length=24, db_default="")
    amount = models.BigIntegerField(db_default=0)
    ceiling = models.BigIntegerField(db_default=0)
    charge_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "user_id", "period"], name="autopay_turn_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["autopay_id"],
                condition=models.Q(state__in=[TurnState.ANNOUNCED, TurnState.CHARGING]),
                name="autopay_turn_open",
            )
        ]
