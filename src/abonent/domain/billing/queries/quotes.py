"""What a reading would cost: the run's own calculation with readings that are not stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.billing.queries.anew import corrections
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import book, parameters
from abonent.domain.billing.queries.quote_notes import band_notes, correction_note, oddities
from abonent.domain.billing.queries.statements import Services
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.lines import Inputs, charge_lines
from abonent.domain.billing.rules.words import PROBLEM_TEXTS, Problem
from abonent.domain.metering.operations.submit import judge_all, months_of
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.rules import ReadingSource
from abonent.domain.metering.rules.judgement import Judgement
from abonent.domain.suppliers.rules import Unit


@dataclass(frozen=True)
class Quote:
    """The cost of readings before they are sent; ``amount`` in kopecks, None if unknown.

    ``judgements`` by register; ``warnings`` say what is strange or why there is no cost.
    ``notes``: those of the warnings that are for the resident besides the judge's words.
    ``corrections``: what the readings change in months billed before; part of ``amount``.
    """

    period: Period
    meters: tuple[MeterView, ...]
    judgements: dict[int, Judgement]
    lines: tuple[LineView, ...]
    amount: int | None
    warnings: tuple[str, ...]
    corrections: tuple[LineView, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def corrected(self) -> int:
        """Return the sum of the corrections, in kopecks."""
        return sum(line.amount for line in self.corrections)


class AccountClosed(Refusal):
    """The account is not open in the month that the reading belongs to."""


def quote_readings(
    *,
    supplier_id: int,
    account_id: int,
    values: Mapping[int, int],
    taken_on: date,
    today: date,
) -> Quote:
    """Return consumption and cost of the values (register → millionths); writes nothing.

    Refuses with ReadingsRefused, naming every register that is wrong, and with
    AccountClosed. The month's prices
    and thresholds are those of the bill, so the bill of the same reading is equal.
    """
    source = ReadingSource.CABINET
    known = book(supplier_id=supplier_id)
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(taken_on))
    periods = months_of(known.rulebook, meters, values, taken_on, source)
    period = max(periods.values(), default=Period.of(taken_on))
    if period != Period.of(taken_on):
        meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=period)
    judged = judge_all(meters, values, taken_on, today)
    used = parameters(supplier_id=supplier_id, period=period, known=known)
    extra = readings_frame(values, period, taken_on)
    typed = [meter for meter in meters if any(one.id in values for one in meter.registers)]
    given = inputs(
        supplier_id=supplier_id,
        first_id=account_id,
        last_id=account_id,
        parameters=used.of({meter.service_id for meter in typed}),
        extra=extra,
    )
    if given.accounts.is_empty():
        raise AccountClosed("Лицевой счёт в этом месяце закрыт: показания уже не нужны.")
    result = charge_lines(_only(given, typed), used)
    past = corrections(
        supplier_id=supplier_id,
        span=(account_id, account_id),
        anew=given.anew,
        horizon=period,
        extra=extra,
    )
    lines = line_views(result.lines, known.services)
    corrected = line_views(past.lines, known.services)
    problems = _unknown([*result.problems.to_dicts(), *past.problems.to_dicts()])
    codes = {service.code: service.id for service in known.services.values()}
    lived_in = bool(given.accounts["residents"][0])
    doubts, odd, besides = oddities(meters, judged, lived_in=lived_in)
    notes = band_notes(lines, given, used, codes) + correction_note(corrected)
    return Quote(
        period=period,
        meters=tuple(meters),
        judgements=judged,
        lines=lines,
        amount=None if problems else sum(line.amount for line in [*lines, *corrected]),
        warnings=doubts + odd + notes + problems,
        notes=besides + notes,
        corrections=corrected,
    )


def _unknown(problems: list[dict[str, Any]]) -> tuple[str, ...]:
    """Say what is missing to know the cost."""
    texts = [
        PROBLEM_TEXTS[Problem(row["problem"])].format(parameter=row["parameter"])
        for row in problems
    ]
    return tuple(f"Стоимость пока не посчитать: {text}." for text in texts)


def readings_frame(values: Mapping[int, int], period: Period, taken_on: date) -> pl.DataFrame:
    """Return readings that are not stored as ``inputs`` wants them: register → millionths."""
    return pl.DataFrame(
        {
            "register_id": list(values),
            "period": [period.first_day] * len(values),
            "taken_on": [taken_on] * len(values),
            "source": [int(ReadingSource.CABINET)] * len(values),
            "sequence": [9_999] * len(values),
            "value": list(values.values()),
            "priority": [1] * len(values),
        }
    )


def _only(given: Inputs, typed: list[MeterView]) -> Inputs:
    """Keep the services of the meters whose values were typed.

    A first reading is only the base of later ones: it costs nothing, and no norm either.
    """
    wanted = [meter.service_id for meter in typed]
    serials = [meter.serial for meter in typed]
    intervals = given.intervals.filter(
        pl.col("service_id").is_in(wanted) & pl.col("serial").is_in(serials)
    )
    ours = pl.col("service_id").is_in(set(intervals["service_id"]))
    return replace(
        given,
        agreements=given.agreements.filter(ours),
        intervals=intervals,
        missing=given.missing.clear(),
        houses=given.houses if given.houses.is_empty() else given.houses.filter(ours),
        standing=given.standing.clear(),
        shares=given.shares.clear(),
        aside=given.aside if given.aside.is_empty() else given.aside.filter(ours),
    )


def line_views(frame: pl.DataFrame, services: Services) -> tuple[LineView, ...]:
    """Return calculated lines as pages and explanations know them, numbered from 1."""
    return tuple(
        LineView(
            line=place,
            service=services[row["service_id"]].code,
            service_name=services[row["service_id"]].name,
            service_kind=services[row["service_id"]].kind,
            component=row["component"],
            zone=row["zone"],
            band=row["band"],
            method=row["method"],
            unit=Unit(row["unit"]),
            volume=row["volume"],
            rate=row["rate"],
            multiplier=row["multiplier"],
            amount=row["amount"],
            vat=row["vat"],
            corrects=row.get("corrects"),
            rule=row["rule"],
            basis=row["basis"],
        )
        for place, row in enumerate(frame.to_dicts(), start=1)
    )
