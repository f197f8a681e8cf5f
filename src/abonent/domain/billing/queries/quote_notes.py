"""What a quote says besides its sum: odd consumption, the next band, corrected months."""

import json
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.words import months_in_words
from abonent.domain.billing.rules.anomalies import Oddity, ScaleUse, anomalies, anomaly_text
from abonent.domain.billing.rules.band_left import band_place, band_text
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.lines import Inputs
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import Method
from abonent.domain.metering.queries.meters import MeterView
from abonent.domain.metering.rules.judgement import Judgement, Verdict
from abonent.domain.suppliers.rules import UNIT_NAMES


def oddities(
    meters: Iterable[MeterView], judged: Mapping[int, Judgement], *, lived_in: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what the judge says of the typed registers, and what the rules of anomalies do.

    Third, what of the latter the judge does not ask about anyway.
    """
    doubts: list[str] = []
    told: list[str] = []
    besides: list[str] = []
    for meter in meters:
        typed = [one for one in meter.registers if one.id in judged]
        ratio = int(meter.ratio)
        scales = [
            ScaleUse(
                used=(judged[one.id].used or 0) * ratio // one.state.months,
                usual=one.state.usual * ratio if one.state.usual is not None else None,
                zone=one.zone_name.lower() if len(meter.registers) > 1 else "",
            )
            for one in typed
            if judged[one.id].used is not None
        ]
        found = anomalies(scales, lived_in=lived_in)
        # «Нет расхода» is said once, by the rule that knows what is usual.
        known = any(one.oddity in {Oddity.NOTHING, Oddity.STOPPED} for one in found)
        doubts += [
            judged[one.id].text
            for one in typed
            if judged[one.id].text and not (known and _zero(judged[one.id]))
        ]
        asked = {
            one.zone_name.lower() if len(meter.registers) > 1 else ""
            for one in typed
            if judged[one.id].verdict == Verdict.ASK
        }
        for one in found:
            text = anomaly_text(one, meter.service_name, meter.unit_name)
            told.append(text)
            if one.oddity != Oddity.MUCH or one.zone not in asked:
                besides.append(text)
    return tuple(doubts), tuple(told), tuple(besides)


def _zero(judged: Judgement) -> bool:
    return judged.verdict == Verdict.FINE and judged.used == 0


def band_notes(
    lines: Sequence[LineView], given: Inputs, used: Parameters, services: Mapping[str, int]
) -> tuple[str, ...]:
    """Return how far each banded service is from its next band; ``services``: code → id."""
    told = []
    for code in dict.fromkeys(line.service for line in lines):
        mine = [line for line in lines if line.service == code and line.component != "heat"]
        if not mine or any(line.method == Method.CORRECTION for line in mine):
            continue
        bounds = _bounds(services[code], given, used)
        months = max(_months(line) for line in mine)
        place = band_place(sum(line.volume for line in mine), bounds, months)
        if place is not None:
            told.append(band_text(place, mine[0].service_name, UNIT_NAMES[mine[0].unit]))
    return tuple(text for text in told if text)


def _bounds(service_id: int, given: Inputs, used: Parameters) -> list[int]:
    """Return the lower bounds of a service's bands in force, without zero."""
    rows = given.agreements.select("service_id", "tariff_category").iter_rows()
    category = next((found or "" for service, found in rows if service == service_id), "")
    wanted = pl.DataFrame(
        {"service_id": [service_id], "category": [category], "day": [used.period.last_day]}
    )
    return sorted(set(used.rates_for(wanted)["from_quantity"]) - {0})


def _months(line: LineView) -> int:
    return int(json.loads(line.basis or "{}").get("months", 1))


def correction_note(lines: Sequence[LineView]) -> tuple[str, ...]:
    """Return what a reading changes in months billed before: «Перерасчёт за …»."""
    if not lines:
        return ()
    months = sorted({Period.parse((line.corrects or "")[:7]) for line in lines})
    amount = sum(line.amount for line in lines)
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    words = months_in_words([(one.year, one.month) for one in months])
    return (f"Перерасчёт за {words}: {sign}{format_kopecks(abs(amount))}{NO_BREAK}₽.",)
