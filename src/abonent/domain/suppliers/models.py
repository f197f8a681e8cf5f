"""Suppliers, their services, branches, offices and rulebooks."""

from django.db import models

from abonent.domain.suppliers.rules import OfficeKind, ServiceKind, Unit


class Supplier(models.Model):
    """A utility that bills and takes money under its own name."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=160)
    inn = models.CharField(max_length=12, blank=True)
    kpp = models.CharField(max_length=9, blank=True)
    ogrn = models.CharField(max_length=15, blank=True)
    preset = models.CharField(max_length=64, blank=True)
    timezone = models.CharField(max_length=64, default="Europe/Moscow")
    start_period = models.DateField(null=True, blank=True)
    bank_name = models.CharField(max_length=160, blank=True)
    bic = models.CharField(max_length=9, blank=True)
    account_number = models.CharField(max_length=20, blank=True)
    correspondent_account = models.CharField(max_length=20, blank=True)
    host = models.CharField(max_length=253, blank=True)
    # The cabinet's configuration from the preset: sign-up, evidence, theme, contacts.
    cabinet = models.JSONField(default=dict)


class Rulebook(models.Model):
    """One policy value; an empty service means the general value."""

    supplier = models.ForeignKey(Supplier, models.PROTECT)
    service = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=64)
    value = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "service", "name"], name="rulebook_one_value"
            )
        ]


class ServiceCategory(models.Model):
    """A service the supplier bills: electricity, heat, hot or cold water."""

    supplier = models.ForeignKey(Supplier, models.PROTECT)
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in ServiceKind])
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=8, choices=[(unit, unit) for unit in Unit])
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "code"], name="service_code_once")
        ]


class Branch(models.Model):
    """A branch of the supplier with its own contacts."""

    supplier = models.ForeignKey(Supplier, models.PROTECT)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=64, blank=True)
    email = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "code"], name="branch_code_once")
        ]


class Office(models.Model):
    """A place where customers are received, by the supplier or by an agent."""

    supplier = models.ForeignKey(Supplier, models.PROTECT)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300)
    hours = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    self_service = models.BooleanField(default=False)
    accessible = models.BooleanField(default=False)
    load = models.CharField(max_length=16, blank=True)
    # Hours of the day when people usually wait: «9:00–11:00, 17:00–19:00».
    rush = models.CharField(max_length=100, blank=True)
    kind = models.CharField(
        max_length=8,
        choices=[(kind, kind) for kind in OfficeKind],
        default=OfficeKind.OFFICE,
    )
