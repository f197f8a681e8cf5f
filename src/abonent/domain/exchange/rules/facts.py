"""The files of facts: readings, volumes, events, debts, payments, bills. Pure."""

import polars as pl

from abonent.domain.exchange.rules.kinds import (
    MICRO,
    MONEY,
    SIGNED_MONEY,
    Choice,
    Day,
    Moment,
    Month,
    Number,
    Scaled,
    Text,
    Whole,
    YesNo,
)
from abonent.domain.exchange.rules.registers import (
    ACCOUNT,
    ANY_ZONE,
    CATEGORY,
    PERCENT,
    SERIAL,
    SERVICE,
    VALID_FROM,
    VALID_TO,
    VOLUME,
    in_order,
)
from abonent.domain.exchange.rules.table import Column, FileTable, Refers, RowRule
from abonent.domain.metering.rules import SOURCE_CODES

DAY_SIGNS = 10
PART = Choice(words=("principal", "penalty", "costs"))
PERIOD = Column("period", Month(), needed=True)
FROM = Column("from", Moment(), needed=True)
TO = Column("to", Moment())
FROM_DAY = Column("from", Day(), needed=True)
TO_DAY = Column("to", Day())
ANY_ACCOUNT = Column("account", Text(limit=64), default="", refers=Refers.ACCOUNT)
ANY_SERVICE = Column("service", SERVICE.kind, default="", refers=Refers.SERVICE)
EVENTS_KINDS = (
    "absence", "no_access", "refusal", "inspected", "fault", "lost", "tampering",
    "quality_break", "quality_temperature", "quality_pressure", "meter_overdue_supplier",
)  # fmt: skip
FACTOR = Number(whole=9, scale=6)


def _moments_in_order() -> pl.Expr:
    """Compare days, and hours only where both have them: a bare day is a whole one."""
    first, last = pl.col("from"), pl.col("to")
    timed = (first.str.len_chars() > DAY_SIGNS) & (last.str.len_chars() > DAY_SIGNS)
    days = last.str.slice(0, DAY_SIGNS) >= first.str.slice(0, DAY_SIGNS)
    return pl.when(timed).then(last >= first).otherwise(days)


MOMENTS_IN_ORDER = RowRule(
    "to",
    _moments_in_order,
    "конец раньше начала",
    "исправьте from или to: to — последний день включительно",
)


# When an interference began may not be known (PP 354 p. 62); then its end must be.
BEGUN = RowRule(
    "from",
    lambda: (pl.col("from") != "") | ((pl.col("kind") == "tampering") & (pl.col("to") != "")),
    "не указано, когда событие началось",
    "укажите день начала; только у tampering его может не быть, если указан последний день (to)",
)


WHOLE_HOUR = RowRule(
    "hour",
    lambda: pl.col("hour").str.ends_with(":00"),
    "час начинается не с нулевой минуты",
    "назовите час его началом: 2026-10-24 13:00 — с 13 до 14 часов",
)


def _one_of(first: str, second: str, remedy: str) -> RowRule:
    """Require one of two columns."""
    return RowRule(
        first,
        lambda: (pl.col(first) != "") | (pl.col(second) != ""),
        f"не указано ни {first}, ни {second}",
        remedy,
    )


READINGS = FileTable(
    "readings.csv",
    ("account", "meter_serial", "zone", "reading_date", "channel"),
    (
        ACCOUNT,
        Column("meter_serial", Text(limit=64), needed=True),
        Column("zone", ANY_ZONE, default="single"),
        Column("reading_date", Day(), needed=True),
        Column("channel", Choice(words=tuple(SOURCE_CODES)), default="file"),
        Column("reading", MICRO, needed=True),
        Column("comment", Text(limit=300), default=""),
        # Whether it came after the bills of its month: an export says so.
        Column("late", YesNo(), default=False),
    ),
)
PAST_VOLUMES = FileTable(
    "past_volumes.csv",
    ("account", "service", "zone", "period"),
    (
        ACCOUNT,
        SERVICE,
        Column("zone", ANY_ZONE, default="single"),
        PERIOD,
        Column("volume", VOLUME, needed=True),
        Column("method", Text(limit=16), default=""),
    ),
)
LOSSES = FileTable(
    "losses.csv",
    ("account", "service", "serial", "valid_from"),
    (
        ACCOUNT,
        SERVICE,
        SERIAL,
        VALID_FROM,
        Column("kind", Choice(words=("transformer", "line")), needed=True),
        *(
            Column(name, FACTOR)
            for name in ("p_idle", "p_short", "s_nom", "hours", "k_f2", "r_ohm", "u_kv")
        ),
        VALID_TO,
    ),
    (in_order("valid_from", "valid_to"),),
)
HOURLY = FileTable(
    "hourly.csv",
    ("account", "service", "serial", "hour"),
    (
        ACCOUNT,
        SERVICE,
        SERIAL,
        Column("hour", Moment(hours=True), needed=True),
        Column("volume", VOLUME, needed=True),
    ),
    (WHOLE_HOUR,),
)
HOURLY_PRICES = FileTable(
    "hourly_prices.csv",
    ("service", "category", "hour"),
    (
        SERVICE,
        CATEGORY,
        Column("hour", Moment(hours=True), needed=True),
        Column("price", Number(whole=9, scale=5, low=None), needed=True),
    ),
    (WHOLE_HOUR,),
)
POWER = FileTable(
    "power.csv",
    ("account", "service", "period"),
    (
        ACCOUNT,
        SERVICE,
        PERIOD,
        Column("kw", FACTOR, needed=True),
        Column("rate", Number(whole=9, scale=5)),
    ),
)
EVENTS = FileTable(
    "events.csv",
    ("account", "house", "service", "meter_serial", "kind", "from"),
    (
        ANY_ACCOUNT,
        Column("house", Text(limit=64), default="", refers=Refers.HOUSE),
        ANY_SERVICE,
        Column("meter_serial", Text(limit=64), default=""),
        Column("kind", Choice(words=EVENTS_KINDS), needed=True),
        Column("from", Moment(), default=""),
        TO,
        Column("value", Number(whole=9, scale=6, low=None)),
        Column("value2", Number(whole=9, scale=6, low=None)),
        Column("act_number", Text(limit=64), default=""),
        Column("claimed_on", Day()),
        Column("comment", Text(limit=1000), default=""),
    ),
    (
        _one_of("account", "house", "укажите лицевой счёт или дом, к которому относится событие"),
        MOMENTS_IN_ORDER,
        BEGUN,
    ),
)
RESIDENTS = FileTable(
    "residents.csv",
    ("account", "from"),
    (
        ACCOUNT,
        FROM_DAY,
        Column("residents", Whole(whole=6)),
        Column("temporary", Whole(whole=6)),
        TO_DAY,
    ),
    (in_order("from", "to"),),
)
BENEFITS = FileTable(
    "benefits.csv",
    ("account", "service", "from"),
    (
        ACCOUNT,
        SERVICE,
        FROM_DAY,
        Column("persons", Whole(whole=4)),
        Column("percent", PERCENT),
        Column("funded", Choice(words=("in_kind", "compensation")), default=""),
        TO_DAY,
    ),
    (in_order("from", "to"),),
)
SUBSIDIES = FileTable(
    "subsidies.csv",
    ("account", "period"),
    (ACCOUNT, PERIOD, Column("amount", MONEY, needed=True), Column("transferred", YesNo())),
)
TEMPERATURES = FileTable(
    "temperatures.csv",
    ("locality", "date"),
    (
        Column("locality", Text(), needed=True),
        Column("date", Day(), needed=True),
        Column("mean_c", Number(whole=3, scale=4, low=-90, high=70), needed=True),
    ),
)
SCHEDULES = FileTable(
    "schedules.csv",
    ("account", "organisation_class", "service", "part", "valid_from"),
    (
        ANY_ACCOUNT,
        Column(
            "organisation_class", Choice(words=("general", "manager", "cooperative")), default=""
        ),
        ANY_SERVICE,
        Column("part", Text(limit=16), default=""),
        VALID_FROM,
        Column("percent", PERCENT),
        Column("day", Whole(whole=2, low=1, high=31)),
        Column("month_offset", Whole(whole=2, low=-12, high=12)),
        VALID_TO,
    ),
    (
        _one_of("account", "organisation_class", "укажите лицевой счёт или класс организаций"),
        in_order("valid_from", "valid_to"),
    ),
)
BALANCES = FileTable(
    "balances.csv",
    ("account", "service", "period", "part"),
    (
        ACCOUNT,
        SERVICE,
        PERIOD,
        Column("part", PART, default="principal"),
        Column("amount", SIGNED_MONEY, needed=True),
        Column("due_on", Day()),
        Column("penalty_counted_to", Day()),
    ),
)
PAYMENTS = FileTable(
    "payments.csv",
    ("channel", "external_id"),
    (
        Column("channel", Text(limit=64), needed=True),
        Column("external_id", Text(limit=120), needed=True),
        ACCOUNT,
        Column("paid_on", Day(), needed=True),
        Column("credited_on", Day()),
        Column("amount", MONEY, needed=True),
        Column("purpose_period", Month()),
        Column("purpose_service", SERVICE.kind, default="", refers=Refers.SERVICE),
        Column("purpose_part", PART, default=""),
        Column("kind", Choice(words=("payment", "refund", "cancel")), default="payment"),
    ),
    (
        RowRule(
            "amount",
            lambda: pl.col("amount") > 0,
            "сумма платежа не бывает нулевой",
            "уберите строку; возврат — строка с kind=refund и суммой больше нуля",
        ),
    ),
)
BILLS = FileTable(
    "bills.csv",
    ("account", "period"),
    (
        ACCOUNT,
        PERIOD,
        Column("number", Text(limit=80), default=""),
        *(
            Column(name, SIGNED_MONEY, needed=True)
            for name in ("opening", "charged", "penalty", "paid", "due")
        ),
        Column("due_by", Day(), needed=True),
    ),
)
CHARGES = FileTable(
    "charges.csv",
    ("account", "period", "line"),
    (
        ACCOUNT,
        PERIOD,
        Column("line", Whole(whole=4, low=1), needed=True),
        SERVICE,
        Column("component", Text(limit=16), default=""),
        Column("zone", Text(limit=16), default=""),
        Column("band", Whole(whole=3), default=1),
        Column("method", Text(limit=16), needed=True),
        Column("volume", Scaled(whole=12, scale=6, low=None), needed=True),
        Column("unit", Choice(words=("kwh", "gcal", "m3")), needed=True),
        Column("rate", Scaled(whole=9, scale=5, low=None), needed=True),
        Column("multiplier", Scaled(whole=6, scale=3), default=1000),
        Column("amount", SIGNED_MONEY, needed=True),
        Column("vat", SIGNED_MONEY, default=0),
        Column("corrects", Text(limit=80), default=""),
        Column("rule", Text(limit=32), default=""),
        # What the calculation stood on, so that a restored line can be explained too.
        Column("basis", Text(limit=100_000), default=""),
    ),
)
