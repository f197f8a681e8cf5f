"""Why a line is what it is: its formula as a column of steps, recomputed. Pure.

The steps come from the line's own basis, so a bill can be explained years later; the sum
is recomputed by the very expression that the run used (``tariffs.rules.pricing``).
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from abonent.common.numbers import from_scale, plain_decimal
from abonent.domain.billing.rules.common_steps import common_steps
from abonent.domain.billing.rules.heat_steps import heat_steps
from abonent.domain.billing.rules.hourly import hourly_amount
from abonent.domain.billing.rules.less import less_steps, share_of_fee
from abonent.domain.billing.rules.steps import MICRO, PLACES, Explanation, LineView, Step
from abonent.domain.billing.rules.volumes import AREA_SCALE
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE
from abonent.domain.tariffs.rules.pricing import WIDE, priced

__all__ = ["MICRO", "Explanation", "LineView", "Step", "explain", "recomputed"]
ACTS = {
    "meter": "Постановление № 354, приложение 2, формула 1",
    "contract_price": "Постановление № 354, приложение 2, формула 1; цена договора",
    "average": "Постановление № 354, пункт 59: среднее за прошлые месяцы",
    "norm": "Постановление № 354, приложение 2, формула 4",
    "tampering": "Постановление № 354, пункт 62: несанкционированное вмешательство",
    "heat_h1": "Постановление № 354, приложение 2, формула 2",
    "heat_h1_year": "Постановление № 354, приложение 2, формула 2(1)",
    "heat_h2": "Постановление № 354, приложение 2, формула 3",
    "heat_h3": "Постановление № 354, приложение 2, формула 3(1)",
    "heat_h4": "Постановление № 354, приложение 2, формула 3(3)",
    "heat_h2_year": "Постановление № 354, пункт 42(1), приложение 2, формула 3(4)",
    "heat_h3_year": "Постановление № 354, пункт 42(1), приложение 2, формула 3(5)",
    "heat_h4_year": "Постановление № 354, пункт 42(1), приложение 2, формула 3(4)",
    "common_needs": "Постановление № 354, пункты 44–48: общедомовые нужды",
    "heat_year": "Постановление № 354, пункт 42(1): корректировка за год",
}
# What organisations pay by; rooms of a house of flats share its heat by № 354 all the same.
ACTS_OF_ORGANISATIONS = {
    "electricity": "Постановление № 442 (розничные рынки электроэнергии)",
    "heat": "Постановление № 808 (правила теплоснабжения)",
    "hot_water": "Постановление № 642 (правила горячего водоснабжения)",
    "cold_water": "Постановление № 644 (правила холодного водоснабжения)",
}
LESS_ACTS = {
    "absence": "Постановление № 354, пункты 86–97: временное отсутствие",
    "break": "Постановление № 354, пункты 98–101, приложение 1: перерывы",
    "quality": "Постановление № 354, пункты 98–101, приложение 1: качество",
    "benefit": "Льгота по решению региона, возмещается из бюджета",
}
HEATING_ACT = "Постановление № 354, приложение 2, формулы 23 и 24: два компонента горячей воды"

CORRECTION_ACT = "Постановление № 354, пункты 59–61: перерасчёт"


def explain(line: LineView) -> Explanation:
    """Return the line's steps; ``amount`` is computed anew and must equal the stored sum."""
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    if "was" in basis:
        return _explain_correction(basis, UNIT_NAMES[line.unit])
    if "less" in basis:
        amount = recomputed(line, basis)
        return Explanation(
            less_steps(line, basis), amount, LESS_ACTS[line.rule], _parameters(basis)
        )
    steps = _volume_steps(line, basis)
    unit = UNIT_NAMES[line.unit]
    steps.append(Step("Объём", exact_volume(line, basis), unit, total=True))
    if line.multiplier != MULTIPLIER:
        steps.append(Step("Повышающий коэффициент", Decimal(line.multiplier) / MULTIPLIER, "", "×"))
    steps.append(Step("Цена", from_scale(line.rate, RATE_SCALE), "₽", "×"))
    if basis.get("net"):
        steps.append(Step("НДС сверх цены", from_scale(line.vat, 2), "₽", "+"))
    steps += _year_steps(line, basis)
    steps.append(Step("Сумма", from_scale(line.amount, 2), "₽", total=True))
    return Explanation(
        steps=tuple(steps),
        amount=recomputed(line, basis),
        act=_act(line, basis),
        parameters=_parameters(basis),
    )


def _volume_steps(line: LineView, basis: dict[str, Any]) -> list[Step]:
    """Return the steps to the volume of a line."""
    steps: list[Step] = []
    if "readings" in basis:
        steps += _reading_steps(basis["readings"], line)
    if "estimate" in basis:
        steps += [
            Step(one["label"], Decimal(one["value"]), one["unit"], one["sign"])
            for one in basis["estimate"]["steps"]
        ]
    if "hourly" in basis:
        steps.append(Step("Часов с ценой каждого", Decimal(basis["hourly"]["hours"]), "ч"))
    if "norm" in basis:
        steps += _norm_steps(basis["norm"], line)
        steps += _share_steps(basis.get("share", {}))
    if "heat" in basis:
        steps += heat_steps(basis["heat"], line)
    if "served" in basis:
        served, of = basis["served"]
        steps += [
            Step("Дней обслуживания", Decimal(served), "", "×"),
            Step("Дней в месяце", Decimal(of), "", "÷"),
        ]
    if "common" in basis:
        unit = UNIT_NAMES[Unit.M3 if line.component == "heat" else line.unit]
        steps += common_steps(basis["common"], unit)
    if "heating" in basis:
        per_unit = from_scale(basis["heating"]["norm"], MICRO)
        steps.append(Step("Тепло на подогрев кубометра", per_unit, "Гкал/м³", "×"))
    return steps


def _year_steps(line: LineView, basis: dict[str, Any]) -> list[Step]:
    """Take what was charged for a year off what it costs by the house's meter."""
    if "year" not in basis:
        return []
    was = int(basis["year"]["was"])
    label = f"По счётчику дома за {basis['year']['of']}\u00a0год"
    return [
        Step(label, from_scale(line.amount + was, 2), "₽", total=True),
        Step("Было начислено", from_scale(was, 2), "₽", "−"),
    ]


def exact_volume(line: LineView, basis: dict[str, Any]) -> Decimal:
    """Return the volume that the sum was made of; a share of a house has more decimals."""
    exact = basis.get("year", basis)
    if "n" not in exact or exact["d"] == "1":
        return from_scale(line.volume, MICRO)
    value = (Decimal(exact["n"]) / Decimal(exact["d"])).scaleb(-MICRO)
    return Decimal(plain_decimal(value.quantize(PLACES)))


def _act(line: LineView, basis: dict[str, Any]) -> str:
    if basis.get("firm") and not line.rule.startswith("heat_h"):
        return ACTS_OF_ORGANISATIONS.get(line.service_kind, "")
    return HEATING_ACT if line.component else ACTS.get(line.rule, "")


def _explain_correction(basis: dict[str, Any], unit: str) -> Explanation:
    """Explain a correction: what the month costs now, what its bill said, the difference."""
    now, was = basis["now"], basis["was"]
    difference = now["amount"] - was["amount"]
    month = f"{basis['month'][5:]}.{basis['month'][:4]}"

    def text(volume: int) -> str:
        return f"{from_scale(volume, MICRO).normalize():f}".replace(".", ",") + f"\u00a0{unit}"

    steps = (
        Step(
            f"По новым данным за {month}: {text(now['volume'])}", from_scale(now["amount"], 2), "₽"
        ),
        Step(f"Было начислено: {text(was['volume'])}", from_scale(was["amount"], 2), "₽", "−"),
        Step("Разница", from_scale(difference, 2), "₽", total=True),
    )
    return Explanation(steps=steps, amount=difference, act=CORRECTION_ACT)


def recomputed(line: LineView, basis: dict[str, Any]) -> int:
    """Compute the sum of a line from its exact volume and rate by the run's own rule."""
    if "n" not in basis:
        return line.amount
    if "hourly" in basis:
        return hourly_amount(int(basis["hourly"]["cost"]), int(basis["vat"]))
    if "rest" in basis.get("less", {}):
        return -int(basis["less"]["rest"])
    if "fee" in basis.get("less", {}):
        return share_of_fee(basis["less"])
    exact = basis.get("year", basis)
    row = pl.DataFrame({
        "service_id": [1], "component": [line.component], "category": [""],
        "day": [date(2000, 1, 1)], "zone": [line.zone], "band": [line.band],
        "n": [exact["n"]], "d": [exact["d"]], "multiplier": [line.multiplier],
        "vat_hundredths": [basis["vat"]],
    }).with_columns(pl.col("n", "d").cast(WIDE))  # fmt: skip
    rates = row.select("service_id", "component", "category", "day", "zone", "band").with_columns(
        pl.lit(line.rate).alias("rate"),
        pl.lit(0).alias("rate_id"),
        pl.lit(not basis["net"]).alias("vat_included"),
    )
    return int(priced(row, rates)["amount"][0]) - int(exact.get("was", 0))


def _parameters(basis: dict[str, Any]) -> dict[str, int]:
    """Return the identifiers of the parameter rows that the line rests on."""
    rate = int(basis.get("rate") or 0)
    # The price of a contract stands under the identifier of its agreement, negative.
    rows = {"tariff": rate, "agreement": -rate}
    rows["norm"] = basis.get("norm", {}).get("id") or basis.get("heat", {}).get("norm_id")
    rows["heating_norm"] = basis.get("heating", {}).get("id")
    return {name: int(row) for name, row in rows.items() if row is not None and int(row) > 0}


def _reading_steps(readings: list[dict[str, Any]], line: LineView) -> list[Step]:
    unit = UNIT_NAMES[Unit.M3 if line.component == "heat" else line.unit]
    steps = []
    for one in readings:
        if "e" in one:
            steps += _average_steps(one, unit, several=len(readings) > 1)
            continue
        steps.append(Step(f"Показание {_day(one['t'])}", from_scale(one["b"], MICRO), unit))
        was = f"Было {_day(one['f'])}" if one["f"] else "Начальное показание"
        steps.append(Step(was, from_scale(one["a"], MICRO), unit, "−"))
        if one["o"]:
            steps.append(Step("Счётчик перешёл через ноль", Decimal(1), "круг", "+"))
        if one["r"] != AREA_SCALE:
            steps.append(Step("Коэффициент трансформации", Decimal(one["r"]) / AREA_SCALE, "", "×"))
        steps += _late_steps(one, unit)
        if "l" in one:
            share = Decimal(abs(one["l"])).scaleb(-4)
            sign = "−" if one["l"] < 0 else "+"
            steps.append(Step("Потери по договору", share, "%", sign))
        for lost in one.get("x", []):
            steps += _loss_steps(lost, unit)
        if "u" in one:
            steps += _sub_steps(one["u"], unit)
        if one["p"] != one["w"]:
            steps.append(Step("Дней по этой цене", Decimal(one["p"]), "", "×"))
            steps.append(Step("Дней всего", Decimal(one["w"]), "", "÷"))
        if len(readings) > 1:
            used = f"Расход по счётчику №\u00a0{one['s']}"
            steps.append(Step(used, from_scale(one["v"], MICRO), unit, total=True))
    return steps


def _late_steps(one: dict[str, Any], unit: str) -> list[Step]:
    """Explain a difference that covers months that were estimated before it."""
    steps = []
    if "eb" in one:
        before = from_scale(one["eb"], MICRO)
        steps.append(Step("Начислено раньше по среднему и нормативу", before, unit, "−"))
    if "sd" in one:
        steps.append(Step("Дней этого месяца", Decimal(one["sd"]), "", "×"))
        steps.append(Step("Дней между показаниями", Decimal(one["sw"]), "", "÷"))
    return steps


# The numbers of a loss formula: the name in the basis, its label, unit and sign.
_LOSS_NUMBERS = (
    ("active", "Активная энергия для потерь", "кВт·ч", ""),
    ("reactive", "Реактивная энергия для потерь", "квар·ч", ""),
    ("p_idle", "Потери холостого хода", "кВт", ""),
    ("hours", "Время под напряжением", "ч", "×"),
    ("p_short", "Потери короткого замыкания", "кВт", ""),
    ("r_ohm", "Сопротивление линии", "Ом", ""),
    ("k_f2", "Квадрат коэффициента формы", "", "×"),
    ("s_nom", "Номинальная мощность", "кВА", "÷"),
    ("u_kv", "Напряжение", "кВ", "÷"),
)
_LOSS_NAMES = {"transformer": "Потери в трансформаторе", "line": "Потери в линии"}


def _loss_steps(lost: dict[str, Any], unit: str) -> list[Step]:
    steps = [
        Step(label, Decimal(lost[name]), of, sign)
        for name, label, of, sign in _LOSS_NUMBERS
        if name in lost
    ]
    sign = "−" if lost["side"] < 0 else "+"
    return [*steps, Step(_LOSS_NAMES[lost["kind"]], Decimal(lost["lost"]), unit, sign)]


CAUSES = {
    "readings": "показаний нет",
    "fault": "счётчик неисправен, снят или не поверен",
    "access": "не дали проверить счётчик",
}


def _average_steps(one: dict[str, Any], unit: str, *, several: bool) -> list[Step]:
    """Explain an estimated volume: the history, its months, the days of this one."""
    cause = f"{CAUSES[one['e']]}, {one['k']}-й месяц подряд"
    steps = [
        Step("Расход за прошлые месяцы", from_scale(one["total"], MICRO), unit),
        Step("Месяцев", Decimal(one["of"]), "", "÷"),
        Step(f"В среднем за месяц ({cause})", from_scale(one["avg"], MICRO), unit, total=True),
    ]
    if one["p"] != one["w"]:
        steps.append(Step("Дней по среднему", Decimal(one["p"]), "", "×"))
        steps.append(Step("Дней в месяце", Decimal(one["w"]), "", "÷"))
        if several:
            steps.append(Step("Объём по среднему", from_scale(one["v"], MICRO), unit, total=True))
    return steps


def _share_steps(share: dict[str, Any]) -> list[Step]:
    """Explain the part of the norm that stands in for a silent meter."""
    if not share or share["n"] == share["d"]:
        return []
    return [
        Step("Дней без показаний", Decimal(share["n"]), "", "×"),
        Step("Дней всего по счётчикам", Decimal(share["d"]), "", "÷"),
    ]


def _sub_steps(subs: dict[str, int], unit: str) -> list[Step]:
    return [
        Step("Расход головного счётчика", from_scale(subs["h"], MICRO), unit),
        Step("Расход субабонентов", from_scale(subs["v"], MICRO), unit, "−"),
    ]


def warnings(line: LineView) -> list[str]:
    """Return what is strange about a line and was reckoned with."""
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    found = [one["u"] for one in basis.get("readings", []) if "u" in one]
    if any(subs["v"] > subs["h"] for subs in found):
        return ["Субабоненты израсходовали больше, чем головной счётчик: объём принят нулевым"]
    return []


def _norm_steps(norm: dict[str, Any], line: LineView) -> list[Step]:
    unit = UNIT_NAMES[Unit.M3 if line.component == "heat" else line.unit]
    value = from_scale(norm["norm"], MICRO)
    if norm["per"] == "resident":
        return [*_people_steps(norm), Step("Норматив на человека", value, unit, "×")]
    area = Decimal(norm["count"]) / AREA_SCALE
    return [Step("Площадь", area, "м²"), Step("Норматив на квадратный метр", value, unit, "×")]


def _people_steps(norm: dict[str, Any]) -> list[Step]:
    """Name the people, or the days each number of them was there (p. 56–58)."""
    if "of" not in norm:
        return [Step("Человек", Decimal(norm["count"]))]
    spans: list[Step] = []
    for first, last, people in norm["spans"]:
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
        label = f"С\u00a0{_day(first)} по\u00a0{_day(last)}: {people}\u00a0чел. × {days}\u00a0дн."
        if people:
            spans.append(Step(label, Decimal(days * people), "", "+" if spans else ""))
    together = [Step("Человеко-дней", Decimal(norm["count"]), "", "", total=True)]
    return [
        *spans,
        *(together if len(spans) > 1 else []),
        Step("Дней в месяце", Decimal(norm["of"]), "", "÷"),
    ]


def _day(text: str) -> str:
    return f"{text[8:10]}.{text[5:7]}.{text[:4]}"
