"""Meters, their registers, readings and volumes.

``Reading`` is a hot table: partitioned by month, without foreign keys (PERF B); its
partitions are made by ``metering.operations.ensure_months``. Meters, registers,
verifications and past volumes come by the million in a bundle and have no foreign keys
in the database either: the loader proves them by set queries, ``abonent audit`` again.
"""

from django.db import models


class Meter(models.Model):
    """An individual meter of one service at one account."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    serial = models.CharField(max_length=64)
    contract_number = models.CharField(max_length=64, blank=True)
    zones = models.CharField(max_length=48, default="single")
    int_digits = models.SmallIntegerField(null=True)
    frac_digits = models.SmallIntegerField(default=0)
    ratio = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    installed_on = models.DateField(null=True)
    verified_until = models.DateField(null=True)
    removed_on = models.DateField(null=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "service", "serial"], name="meter_once")
        ]
        # Few meters stand behind another one; a run asks for them chunk by chunk.
        indexes = [
            models.Index(
                fields=["parent"], condition=models.Q(parent__isnull=False), name="meter_behind"
            )
        ]


class Register(models.Model):
    """One scale of a meter. ``initial`` and ``final`` are millionths of the unit."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT, db_constraint=False)
    meter = models.ForeignKey(Meter, models.PROTECT, db_constraint=False, db_index=False)
    zone = models.CharField(max_length=16)
    initial = models.BigIntegerField(null=True)
    final = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meter", "zone"], name="register_once")]


class MeterReading(models.Model):
    """What one person sent at one time for one meter: the numbered proof of it."""

    id = models.UUIDField(primary_key=True)
    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    account = models.ForeignKey("accounts.CustomerAccount", models.PROTECT)
    number = models.CharField(max_length=32)
    code = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    source = models.SmallIntegerField()
    user_id = models.BigIntegerField(null=True)
    period = models.DateField()
    taken_on = models.DateField()
    received_at = models.DateTimeField()
    comment = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "key"], name="submission_key_once"),
            models.UniqueConstraint(fields=["supplier", "number"], name="submission_number_once"),
        ]


class Reading(models.Model):
    """One value of one register on one day; never edited, a later one supersedes it."""

    pk = models.CompositePrimaryKey(
        "period", "account_id", "register_id", "taken_on", "source", "sequence"
    )
    supplier_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    register_id = models.BigIntegerField()
    period = models.DateField()
    taken_on = models.DateField()
    source = models.SmallIntegerField()
    sequence = models.SmallIntegerField()
    value = models.BigIntegerField()
    quality = models.SmallIntegerField()
    submission_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    comment = models.CharField(max_length=300, blank=True)

    class Meta:
        managed = False
        db_table = "metering_reading"


class HouseVolume(models.Model):
    """What a house's shared meter counted in a month (EXCHANGE house_volumes.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT)
    house = models.ForeignKey("accounts.House", models.PROTECT)
    service = models.ForeignKey("suppliers.ServiceCategory", models.PROTECT)
    period = models.DateField()
    volume = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    metered_volume = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    metered_area = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    nonresidential_volume = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    production_volume = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    state = models.CharField(max_length=16, default="ok")
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "service", "period"], name="house_volume_once")
        ]


class PastVolume(models.Model):
    """A volume of a month before billing began here: for averages and charts only."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    zone = models.CharField(max_length=16)
    period = models.DateField()
    volume = models.DecimalField(max_digits=18, decimal_places=6)
    method = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "zone", "period"], name="past_volume_once"
            )
        ]


class MeterVerification(models.Model):
    """A verification (поверка) of a meter."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    meter = models.ForeignKey(Meter, models.PROTECT, db_constraint=False, db_index=False)
    verified_on = models.DateField()
    valid_until = models.DateField(null=True)
    arshin_number = models.CharField(max_length=64, blank=True)
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "verified_on"], name="verification_once")
        ]


class MeterChange(models.Model):
    """A meter's card that ended otherwise before: what ``verified_until`` was.

    The next run counts the months from ``from_on`` anew, as far as they are billed.
    """

    meter = models.ForeignKey(Meter, models.PROTECT, db_constraint=False)
    from_on = models.DateField()
    was = models.DateField(null=True)
    known_at = models.DateTimeField()


class ServiceEvent(models.Model):
    """What happened to a service at an account or in a house (EXCHANGE events.csv).

    ``begins`` and ``ends`` are local moments as they were written, ``2026-10-24`` or
    ``2026-10-24 13:00``: a bare day is the whole of it, and the two must stay apart.
    """

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    house = models.ForeignKey("accounts.House", models.PROTECT, null=True, db_constraint=False)
    service = models.ForeignKey(
        "suppliers.ServiceCategory",
        models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
    )
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=32)
    begins = models.CharField(max_length=16)
    ends = models.CharField(max_length=16, blank=True)
    value = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    value2 = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    act_number = models.CharField(max_length=64, blank=True)
    claimed_on = models.DateField(null=True)
    comment = models.CharField(max_length=1000, blank=True)
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "house", "service", "meter", "kind", "begins"],
                name="service_event_once",
                nulls_distinct=False,
            )
        ]


class OutdoorTemperature(models.Model):
    """How cold a day was in a locality on average (EXCHANGE temperatures.csv)."""

    supplier = models.ForeignKey("suppliers.Supplier", models.PROTECT, db_index=False)
    locality = models.CharField(max_length=160)
    day = models.DateField()
    mean_c = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "locality", "day"], name="outdoor_temperature_once"
            )
        ]


class MeterLoss(models.Model):
    """What is lost between a meter and the border of balances (EXCHANGE losses.csv).

    Idle and short-circuit losses in kW, power in kVA, hours under voltage in a month,
    resistance in ohms, voltage in kV; which are given depends on ``kind``.
    """

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, db_constraint=False, db_index=True
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    meter = models.ForeignKey(Meter, models.PROTECT, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    p_idle = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    p_short = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    s_nom = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    hours = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    k_f2 = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    r_ohm = models.DecimalField(max_digits=15, decimal_places=6, null=True)
    u_kv = models.DecimalField(max_digits=15, decimal_places=6, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "valid_from"], name="meter_loss_once")
        ]


class HourlyVolume(models.Model):
    """What a meter counted in one hour (EXCHANGE hourly.csv).

    ``hour`` is the local moment at which the hour begins, as ``2026-10-24 13:00``.
    """

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    meter = models.ForeignKey(Meter, models.PROTECT, db_constraint=False, db_index=False)
    hour = models.CharField(max_length=16)
    volume = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "meter", "hour"], name="hourly_volume_once"
            )
        ]


class BilledPower(models.Model):
    """The power that an organisation pays for in a month (EXCHANGE power.csv); kW, ₽ a kW."""

    supplier = models.ForeignKey(
        "suppliers.Supplier", models.PROTECT, db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        "accounts.CustomerAccount", models.PROTECT, db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "suppliers.ServiceCategory", models.PROTECT, db_constraint=False, db_index=False
    )
    period = models.DateField()
    kw = models.DecimalField(max_digits=15, decimal_places=6)
    rate = models.DecimalField(max_digits=14, decimal_places=5, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service", "period"], name="billed_power_once"
            )
        ]


class MeterPhoto(models.Model):
    """A picture of a meter that was sent to a submission: for staff to see what it showed."""

    submission = models.ForeignKey(MeterReading, models.PROTECT)
    # The room of documents keeps the file; it lies below and is known by its identifier.
    upload_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload_id"], name="photo_upload_once")]
