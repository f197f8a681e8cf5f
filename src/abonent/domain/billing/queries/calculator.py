"""What a consumption costs by the supplier's tariffs, without any account: the run's own rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import parameters
from abonent.domain.billing.queries.quotes import line_views
from abonent.domain.billing.queries.statements import services_of
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.lines import Inputs, charge_lines
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import PROBLEM_TEXTS, Problem
from abonent.domain.metering.rules.consumption import UNIT, differences

_NOBODY = 0  # no account has this identifier


@dataclass(frozen=True)
class TariffPlan:
    """By which prices a consumption is counted: a service's category and its zones.

    ``norm_category`` chooses the norm of heat for a cubic metre of hot water.
    """

    service_id: int
    category: str
    zones: tuple[str, ...]
    norm_category: str = ""


class ReadingsDoNotAgree(Refusal):
    """A present reading is less than the former one and cannot have passed through zero."""

    def __init__(self, zones: tuple[str, ...]) -> None:
        super().__init__(
            "Показание меньше прошлого. Проверьте цифры; если счётчик меняли, "
            "посчитайте старый и новый отдельно."
        )
        self.zones = zones


@dataclass(frozen=True)
class ZoneUse:
    """The consumption of one zone in millionths, and whether the dial passed through zero."""

    zone: str
    used: int
    rolled: bool


@dataclass(frozen=True)
class Cost:
    """What the readings come to: kopecks, None where a parameter is missing (``problems``)."""

    period: Period
    uses: tuple[ZoneUse, ...]
    lines: tuple[LineView, ...]
    amount: int | None
    problems: tuple[str, ...]


def cost_of_readings(
    *,
    supplier_id: int,
    plan: TariffPlan,
    readings: Mapping[str, tuple[int, int]],
    today: date,
) -> Cost:
    """Return the cost of readings (zone → former, present; millionths) at the month's prices.

    The same calculation as in the run: fractions by the supplier's policy, bands of a month,
    two components of hot water. A dial has as many digits as the former reading, so that
    9993 → 0007 is 14 (RULES 1.6). Refuses with ReadingsDoNotAgree, naming the zones.
    """
    period = Period.of(today)
    used = parameters(supplier_id=supplier_id, period=period)
    nobody = inputs(supplier_id=supplier_id, first_id=_NOBODY, last_id=_NOBODY, parameters=used)
    intervals = _intervals(used, plan, readings, period)
    wrong = intervals.filter(pl.col("problem").is_not_null())["zone"].to_list()
    if wrong:
        raise ReadingsDoNotAgree(tuple(wrong))
    result = charge_lines(_somebody(nobody, plan, intervals), used)
    lines = line_views(result.lines, services_of(supplier_id))
    problems = tuple(
        PROBLEM_TEXTS[Problem(row["problem"])].format(parameter=row["parameter"])
        for row in result.problems.to_dicts()
    )
    uses = intervals.select("zone", "volume", "rolled").iter_rows()
    return Cost(
        period=period,
        uses=tuple(ZoneUse(*row) for row in uses),
        lines=lines,
        amount=None if problems else sum(line.amount for line in lines),
        problems=problems,
    )


def _intervals(
    used: Parameters,
    plan: TariffPlan,
    readings: Mapping[str, tuple[int, int]],
    period: Period,
) -> pl.DataFrame:
    """Return the difference of each zone as the run counts it."""
    (service,) = used.services.filter(pl.col("service_id") == plan.service_id).to_dicts()
    registers, points = [], []
    for number, (zone, (was, now)) in enumerate(readings.items(), start=1):
        registers.append({
            "register_id": number, "account_id": _NOBODY, "service_id": plan.service_id,
            "serial": "1", "zone": zone, "contract": "", "ratio": 10_000,
            "int_digits": max(len(str(was // UNIT)), 1), "meter_id": _NOBODY,
            "service_kind": service["service_kind"], "usual": None,
            "fraction_policy": service["fraction_policy"],
        })  # fmt: skip
        for kind, value in (("base", was), ("close", now)):
            points.append({
                "register_id": number, "kind": kind, "value": value,
                "on": None if kind == "base" else period.last_day,
                "month": period.plus(-1).first_day if kind == "base" else period.first_day,
                "source": 1,
            })  # fmt: skip
    dated = {"on": pl.Date, "month": pl.Date, "source": pl.Int16}
    return differences(
        pl.DataFrame(points, schema_overrides=dated),
        pl.DataFrame(registers, schema_overrides={"usual": pl.Int64}),
        period.first_day,
    )


def _somebody(nobody: Inputs, plan: TariffPlan, intervals: pl.DataFrame) -> Inputs:
    """Put an invented household with one meter into the frames of no account at all."""
    person = pl.DataFrame(
        [{"account_id": _NOBODY, "kind": "household", "category": plan.norm_category}]
    )
    agreement = pl.DataFrame([
        {
            "account_id": _NOBODY, "service_id": plan.service_id,
            "tariff_category": plan.category, "zones": "+".join(plan.zones),
        }
    ])  # fmt: skip
    standing = intervals.select("account_id", "service_id").unique()
    return replace(
        nobody,
        accounts=_filled(nobody.accounts, person),
        agreements=_filled(nobody.agreements, agreement),
        intervals=_filled(nobody.intervals, intervals),
        standing=_filled(nobody.standing, standing),
    )


def _filled(empty: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the columns of an empty frame, what is not given left null."""
    known = rows.select([name for name in rows.columns if name in empty.columns])
    types = {name: empty.schema[name] for name in known.columns}
    return pl.concat([empty, known.cast(types)], how="diagonal")  # type: ignore[arg-type]  # polars types it more narrowly
