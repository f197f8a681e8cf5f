"""Prices, norms and reference rates, each with its days of validity."""

from django.db import models


class TariffRate(models.Model):
    """A price of one component, zone and band for a category (EXCHANGE tariffs.csv).

    ``valid_to`` is the last day included; ``rate`` is roubles per unit.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    service = models.ForeignKey("suppliers.ServiceCategory", models.PROTECT)
    component = models.CharField(max_length=16, blank=True)
    category = models.CharField(max_length=64, blank=True)
    zone = models.CharField(max_length=16, default="single")
    from_quantity = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    rate = models.DecimalField(max_digits=14, decimal_places=5)
    vat_included = models.BooleanField(default=True)
    months = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "supplier",
                    "service",
                    "component",
                    "category",
                    "zone",
                    "from_quantity",
                    "valid_from",
                ],
                name="tariff_rate_once",
            )
        ]


class ConsumptionNorm(models.Model):
    """A volume charged where there is no usable meter (ПП 306, EXCHANGE norms.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    service = models.ForeignKey("suppliers.ServiceCategory", models.PROTECT)
    category = models.CharField(max_length=64, blank=True)
    per = models.CharField(max_length=24)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    volume = models.DecimalField(max_digits=12, decimal_places=6)
    multiplier = models.DecimalField(max_digits=6, decimal_places=3, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "service", "category", "per", "valid_from"],
                name="norm_once",
            )
        ]


class ReferenceRate(models.Model):
    """A rate in percent with its days; no supplier means the shipped row."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, null=True)
    kind = models.CharField(max_length=16)
    value = models.DecimalField(max_digits=7, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "kind", "valid_from"],
                name="reference_rate_once",
                nulls_distinct=False,
            )
        ]


class HourlyPrice(models.Model):
    """A price of one hour for a price category (EXCHANGE hourly_prices.csv), without VAT.

    ``hour`` is the local moment at which the hour begins, as ``2026-10-24 13:00``.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    service = models.ForeignKey("suppliers.ServiceCategory", models.PROTECT, db_index=False)
    category = models.CharField(max_length=64, blank=True)
    hour = models.CharField(max_length=16)
    price = models.DecimalField(max_digits=14, decimal_places=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "service", "category", "hour"], name="hourly_price_once"
            )
        ]


class ParameterChange(models.Model):
    """A price or a norm that was changed for days of months already billed, and what it was.

    The next run counts those months anew; ``was`` keeps the row as those bills knew it
    (null: there was none). ``to_on`` is the last day concerned, null without an end.
    """

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    service = models.ForeignKey("suppliers.ServiceCategory", models.PROTECT)
    parameter = models.CharField(max_length=8)
    category = models.CharField(max_length=64, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    was = models.JSONField(null=True)
    known_at = models.DateTimeField()
