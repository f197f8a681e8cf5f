"""The files of registers: services, prices, norms, houses, accounts, meters. Pure."""

import polars as pl

from abonent.domain.exchange.rules.kinds import (
    Choice,
    Day,
    Month,
    Number,
    Pattern,
    Text,
    Whole,
    YesNo,
)
from abonent.domain.exchange.rules.requisites import EMAIL, KPP, UNIFIED_ACCOUNT, Inn, Phone
from abonent.domain.exchange.rules.table import Column, FileTable, Refers, RowRule
from abonent.domain.exchange.rules.zones import WITH_REACTIVE, Zones, ZoneValues, values_fit
from abonent.domain.metering.rules import Zone

CODE = Text(limit=64)
SEASON = Pattern(
    limit=5,
    shape=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-2])$",
    broken="это не пара месяцев",
    cure="первый и последний месяц через дефис, например 09-07",
)
PERCENT = Number(whole=3, scale=4, low=0, high=100)
ZONE = Choice(words=tuple(Zone)[:5])
ANY_ZONE = Choice(words=tuple(Zone))
AREA = Number(whole=8, scale=4)
VOLUME = Number(whole=12, scale=6)
SERVICE = Column("service", CODE, needed=True, refers=Refers.SERVICE)
ACCOUNT = Column("account", Text(limit=64), needed=True, refers=Refers.ACCOUNT)
SERIAL = Column("serial", Text(limit=64), needed=True)
CATEGORY = Column("category", Text(limit=64), default="")
VALID_FROM = Column("valid_from", Day(), needed=True)
VALID_TO = Column("valid_to", Day())


def in_order(first: str, last: str) -> RowRule:
    """Require that a day does not come before the one it closes."""
    return RowRule(
        column=last,
        holds=lambda: pl.col(last) >= pl.col(first),
        rule=f"день раньше, чем {first}",
        remedy=f"исправьте {first} или {last}: {last} — последний день включительно",
    )


SERVICES = FileTable(
    "services.csv",
    ("service",),
    (
        Column("service", CODE, needed=True),
        Column(
            "kind",
            Choice(words=("electricity", "heat", "hot_water", "cold_water", "other")),
            needed=True,
        ),
        Column("name", Text(), needed=True),
        Column("unit", Choice(words=("kwh", "gcal", "m3")), needed=True),
        Column("vat_percent", Number(whole=3, scale=2, high=100)),
    ),
)
TARIFFS = FileTable(
    "tariffs.csv",
    ("service", "component", "category", "zone", "from_quantity", "valid_from"),
    (
        SERVICE,
        Column("component", Choice(words=("water", "heat")), default=""),
        CATEGORY,
        Column("zone", ZONE, default="single"),
        Column("from_quantity", Number(whole=8, scale=6), default=0),
        VALID_FROM,
        Column("rate", Number(whole=9, scale=5), needed=True),
        Column("vat_included", YesNo(), default=True),
        Column("months", SEASON, default=""),
        VALID_TO,
    ),
    (in_order("valid_from", "valid_to"),),
)
NORMS = FileTable(
    "norms.csv",
    ("service", "category", "per", "valid_from"),
    (
        SERVICE,
        CATEGORY,
        Column(
            "per", Choice(words=("resident", "m2", "common_m2", "heating_gcal_per_m3")), needed=True
        ),
        VALID_FROM,
        Column("volume", Number(whole=6, scale=6), needed=True),
        Column("multiplier", Number(whole=3, scale=3)),
        VALID_TO,
    ),
    (in_order("valid_from", "valid_to"),),
)
RATES = FileTable(
    "rates.csv",
    ("kind", "valid_from"),
    (
        Column("kind", Choice(words=("key_rate", "penalty_cap", "vat")), needed=True),
        Column("value", Number(whole=3, scale=2, high=100), needed=True),
        VALID_FROM,
        VALID_TO,
    ),
    (in_order("valid_from", "valid_to"),),
)
HOUSES = FileTable(
    "houses.csv",
    ("house",),
    (
        Column("house", Text(limit=64), needed=True),
        Column("locality", Text(), default=""),
        Column("street", Text(), default=""),
        Column("number", Text(limit=64), default=""),
        Column("letter", Text(limit=32), default=""),
        Column("corpus", Text(limit=32), default=""),
        Column("area_total", AREA),
        Column("area_common", AREA),
        Column("area_excluded", AREA),
        Column("has_heat_meter", YesNo()),
        Column("heating_scheme", Choice(words=("season", "year")), default=""),
        Column("heating_months", SEASON, default=""),
        Column("management", Choice(words=("direct", "none", "company")), default=""),
        Column("cold_region", YesNo()),
        Column("hot_water_dead_end", YesNo()),
        Column("power_sources", Whole(whole=4, high=1000)),
    ),
    (
        RowRule(
            "area_excluded",
            lambda: pl.col("area_excluded") <= pl.col("area_total"),
            "площадь больше всей площади дома",
            "area_excluded — часть area_total: исправьте одну из них",
        ),
    ),
)
HOUSE_VOLUMES = FileTable(
    "house_volumes.csv",
    ("house", "service", "period"),
    (
        Column("house", Text(limit=64), needed=True, refers=Refers.HOUSE),
        SERVICE,
        Column("period", Month(), needed=True),
        Column("volume", VOLUME),
        Column("metered_volume", VOLUME),
        Column("metered_area", AREA),
        Column("nonresidential_volume", VOLUME),
        Column("production_volume", VOLUME),
        Column("state", Choice(words=("ok", "failed")), default="ok"),
    ),
)
ACCOUNTS = FileTable(
    "accounts.csv",
    ("account",),
    (
        Column("account", Text(limit=64), needed=True),
        Column("unified_account", UNIFIED_ACCOUNT, default=""),
        Column("kind", Choice(words=("household", "organisation")), default="household"),
        CATEGORY,
        Column("premises", Choice(words=("residential", "nonresidential")), default="residential"),
        Column("house", Text(limit=64), refers=Refers.HOUSE),
        Column("flat", Text(limit=64), default=""),
        Column("flat_extension", Text(limit=64), default=""),
        Column("branch", Text(limit=64), default=""),
        Column("area", AREA),
        Column("residents", Whole(whole=6)),
        Column("owners", Whole(whole=6)),
        Column("full_name", Text(limit=300), default=""),
        Column("inn", Inn(), default=""),
        Column("kpp", KPP, default=""),
        Column(
            "organisation_class", Choice(words=("general", "manager", "cooperative")), default=""
        ),
        Column("email", EMAIL, default=""),
        Column("phone", Phone(), default=""),
        Column("opened_on", Day()),
        Column("closed_on", Day()),
    ),
    (in_order("opened_on", "closed_on"),),
)
AGREEMENTS = FileTable(
    "agreements.csv",
    ("account", "service", "contract_number", "valid_from"),
    (
        ACCOUNT,
        SERVICE,
        Column("contract_number", Text(limit=64), default=""),
        Column("valid_from", Day()),
        Column("tariff_category", Text(limit=64), default=""),
        Column("zones", Zones(), default=""),
        Column("meter_possible", YesNo()),
        Column("heating", Choice(words=("central", "individual")), default=""),
        Column("price", Number(whole=9, scale=5)),
        Column("max_power_kw", Number(whole=9, scale=6)),
        Column("hours_per_day", Number(whole=2, scale=4, high=24)),
        Column("pipe_mm", Number(whole=6, scale=4)),
        Column("q_base", Number(whole=9, scale=6)),
        Column("t_in", Number(whole=3, scale=4, low=None)),
        Column("t_out_design", Number(whole=3, scale=4, low=None)),
        Column("losses_percent", PERCENT),
        Column("losses_side", Choice(words=("add", "subtract"))),
        VALID_TO,
    ),
    (in_order("valid_from", "valid_to"),),
)
TERMS = AGREEMENTS.columns[8:17]
METERS = FileTable(
    "meters.csv",
    ("account", "service", "serial"),
    (
        ACCOUNT,
        SERVICE,
        SERIAL,
        Column("contract_number", Text(limit=64), default=""),
        Column("zones", Zones(schemes=WITH_REACTIVE), default="single"),
        Column("int_digits", Whole(whole=2, low=1, high=12)),
        Column("frac_digits", Whole(whole=1, high=6)),
        Column("ratio", Number(whole=8, scale=4), default=1),
        Column("installed_on", Day()),
        Column("initial", ZoneValues()),
        Column("verified_until", Day()),
        Column("removed_on", Day()),
        Column("final", ZoneValues()),
        Column("parent_account", Text(limit=64), refers=Refers.ACCOUNT),
        Column("parent_serial", Text(limit=64), default=""),
    ),
    (
        in_order("installed_on", "removed_on"),
        RowRule(
            "ratio",
            lambda: pl.col("ratio") > 0,
            "коэффициент трансформации не бывает нулевым",
            "для прямого включения напишите 1",
        ),
        *(
            RowRule(
                column,
                lambda column=column: values_fit(column, "zones"),  # type: ignore[misc]  # mypy cannot infer it
                "значения даны не для тех зон, что названы в zones",
                "для одной зоны напишите число, для нескольких — каждую зону: day=12,night=3",
            )
            for column in ("initial", "final")
        ),
        RowRule(
            "final",
            lambda: pl.col("final").is_null() | pl.col("removed_on").is_not_null(),
            "конечное показание дано без дня снятия",
            "укажите removed_on — день конечного показания",
        ),
        RowRule(
            "parent_serial",
            lambda: (pl.col("parent_serial") == "") == pl.col("parent_account").is_null(),
            "вышестоящий прибор назван не полностью",
            "укажите и parent_account, и parent_serial или оставьте оба пустыми",
        ),
    ),
)
VERIFICATIONS = FileTable(
    "verifications.csv",
    ("account", "service", "serial", "verified_on"),
    (
        ACCOUNT,
        SERVICE,
        SERIAL,
        Column("verified_on", Day(), needed=True),
        Column("valid_until", Day()),
        Column("arshin_number", Text(limit=64), default=""),
    ),
    (in_order("verified_on", "valid_until"),),
)
