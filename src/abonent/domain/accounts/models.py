"""Customers, their accounts, agreements and houses; who may see which account.

The tables that a bundle fills by the million (customers, accounts, agreements) have no
foreign keys in the database: checking them row by row costs more than the load itself
(PERF B). The loader proves the references by set queries and ``abonent audit`` again.
"""

from django.conf import settings
from django.db import models

from abonent.domain.accounts.rules import AccessRole, AccessState, AccountKind, Evidence


class House(models.Model):
    """A building and the areas that its shared volumes are divided by (RULES 2.3)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    code = models.CharField(max_length=64)
    locality = models.CharField(max_length=160, blank=True)
    street = models.CharField(max_length=160, blank=True)
    number = models.CharField(max_length=64, blank=True)
    letter = models.CharField(max_length=32, blank=True)
    corpus = models.CharField(max_length=32, blank=True)
    area_total = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    area_common = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    area_excluded = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    has_heat_meter = models.BooleanField(null=True)
    heating_scheme = models.CharField(max_length=16, blank=True)
    heating_months = models.CharField(max_length=8, blank=True)
    management = models.CharField(max_length=16, blank=True)
    cold_region = models.BooleanField(null=True)
    hot_water_dead_end = models.BooleanField(null=True)
    power_sources = models.SmallIntegerField(null=True)
    sort_key = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "code"], name="house_code_once")]


class Customer(models.Model):
    """A person or an organisation that receives the service."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in AccountKind])
    full_name = models.CharField(max_length=300, blank=True)
    sort_key = models.CharField(max_length=304, blank=True)
    inn = models.CharField(max_length=12, blank=True)
    kpp = models.CharField(max_length=9, blank=True)
    organisation_class = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=100, blank=True)


class CustomerAccount(models.Model):
    """A personal account (лицевой счёт): the mechanism for billing and payment."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, db_constraint=False)
    house = models.ForeignKey(House, models.PROTECT, null=True, db_constraint=False)
    number = models.CharField(max_length=64)
    unified_account = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in AccountKind])
    category = models.CharField(max_length=64, blank=True)
    premises = models.CharField(max_length=16, default="residential")
    flat = models.CharField(max_length=64, blank=True)
    flat_extension = models.CharField(max_length=64, blank=True)
    branch = models.CharField(max_length=64, blank=True)
    area = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    residents = models.IntegerField(null=True)
    owners = models.IntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="account_number_once")
        ]


class CustomerAgreement(models.Model):
    """To pay for one service at one account, with the terms that its tariff needs."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        CustomerAccount, models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    contract_number = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    tariff_category = models.CharField(max_length=64, blank=True)
    zones = models.CharField(max_length=32, blank=True)
    meter_possible = models.BooleanField(null=True)
    heating = models.CharField(max_length=16, blank=True)
    # Terms of organisations (price, power, losses), kept as given until billing reads them.
    terms = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "contract_number", "valid_from"],
                name="agreement_once",
                nulls_distinct=False,
            )
        ]


class AgreementChange(models.Model):
    """An agreement that became known, or ended otherwise, for days already billed.

    The next run counts those months anew; ``was`` keeps the row as those bills knew it
    (null: there was none). ``to_on`` is the last day concerned, null without an end.
    """

    account = models.ForeignKey(CustomerAccount, models.PROTECT, db_constraint=False)
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    was = models.JSONField(null=True)
    known_at = models.DateTimeField()


class Residency(models.Model):
    """How many people live at an account from a day on (EXCHANGE residents.csv).

    It stands before ``CustomerAccount.residents`` for its days.
    """

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        CustomerAccount, models.PROTECT, db_constraint=False, db_index=False
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    residents = models.IntegerField(null=True)
    temporary = models.IntegerField(null=True)
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "valid_from"], name="residency_once")
        ]


class Benefit(models.Model):
    """A part of the charge that some of the people need not pay (RULES 2.8)."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        CustomerAccount, models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    persons = models.IntegerField(null=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    funded = models.CharField(max_length=16, blank=True)
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "valid_from"], name="benefit_once"
            )
        ]


class Subsidy(models.Model):
    """What the budget gives for a month's bill; kopecks (RULES 2.8)."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        CustomerAccount, models.PROTECT, db_constraint=False, db_index=False
    )
    period = models.DateField()
    amount = models.BigIntegerField()
    transferred = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "period"], name="subsidy_once")]


class AccountAccess(models.Model):
    """Which user may see which account, since when, proven how (own word)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    account = models.ForeignKey(CustomerAccount, models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    role = models.CharField(max_length=16, choices=[(role, role) for role in AccessRole])
    state = models.CharField(max_length=16, choices=[(state, state) for state in AccessState])
    evidence = models.CharField(max_length=16, choices=[(kind, kind) for kind in Evidence])
    alias = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.CharField(max_length=200, blank=True)
    objected_at = models.DateTimeField(null=True)
    # Of a relative: until when, and by whose invitation; with that owner's link it ends too.
    ends_at = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user"],
                condition=~models.Q(state=AccessState.REVOKED),
                name="one_live_access",
            )
        ]


class AccessInvitation(models.Model):
    """An owner's offer to a relative: good for 14 days and for the holder of the contact."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    account = models.ForeignKey(CustomerAccount, models.PROTECT)
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    contact = models.CharField(max_length=254)
    role = models.CharField(max_length=16, choices=[(role, role) for role in AccessRole])
    ends_on = models.DateField(null=True)
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)


class LinkAttempt(models.Model):
    """A try to link an account: counted for the limits, right or wrong (TRUST B5)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    account_number = models.CharField(max_length=64)
    tried_at = models.DateTimeField()
    succeeded = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "tried_at"], name="link_attempt_user"),
            models.Index(
                fields=["supplier", "account_number", "tried_at"], name="link_attempt_acc"
            ),
        ]


class LinkRequest(models.Model):
    """What a person gave at sign-up to link an account; used once they have signed in."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    account_number = models.CharField(max_length=64)
    given = models.JSONField(default=dict)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "user"], name="one_link_request")
        ]


class SpentBillCode(models.Model):
    """A code of a paper bill that has linked somebody: good once for its month."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, db_constraint=False)
    month = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    spent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="bill_code_once")]


class OpenRequest(models.Model):
    """A try at an open page, right or wrong: counted for the limits (TRUST B5).

    Numbers that exist and numbers that do not are counted alike.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    purpose = models.CharField(max_length=16)
    account_number = models.CharField(max_length=64)
    address_block = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    right = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["supplier", "purpose", "account_number", "asked_at"],
                name="open_request_account",
            ),
            models.Index(fields=["address_block", "asked_at"], name="open_request_block"),
        ]
