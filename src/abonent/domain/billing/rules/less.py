"""The steps of lines that take off a part of a fee, for a pocket calculator. Pure."""

from decimal import Decimal
from typing import Any

from abonent.common.numbers import from_scale, without_zeros
from abonent.domain.billing.rules.quality import HOUR, PER_HOUR
from abonent.domain.billing.rules.steps import MICRO, PLACES, LineView, Step
from abonent.domain.suppliers.rules import UNIT_NAMES
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

FEWER = Decimal("0.00000001")  # of what is made of such numbers
HUNDRED = 100


def share_of_fee(less: dict[str, Any]) -> int:
    """Return the kopecks (negative) that a share of a fee takes off, halves up."""
    top, bottom = int(less["fee"]) * int(less["p"]), int(less["q"])
    return -((top * 2 + bottom) // (bottom * 2))


def less_steps(line: LineView, basis: dict[str, Any]) -> tuple[Step, ...]:
    """Return the steps of a line of absence, break, low quality or benefit."""
    less = basis["less"]
    made = {"absence": _absence, "benefit": _benefit}.get(less["rule"])
    steps = made(line, basis) + _price(line, basis) if made else _share(less, line.rate)
    if "rest" in less:
        steps = [*steps, Step("Но не больше оставшейся платы", -from_scale(less["rest"], 2), "₽")]
    return (*steps, Step("Сумма", from_scale(line.amount, 2), "₽", total=True))


def _price(line: LineView, basis: dict[str, Any]) -> list[Step]:
    volume = (Decimal(basis["n"]) / Decimal(basis["d"]) / 10**MICRO).quantize(FEWER)
    steps = [Step("Объём", without_zeros(volume), UNIT_NAMES[line.unit], total=True)]
    if line.multiplier != MULTIPLIER:
        steps.append(Step("Повышающий коэффициент", Decimal(line.multiplier) / MULTIPLIER, "", "×"))
    steps.append(Step("Цена", from_scale(line.rate, RATE_SCALE), "₽", "×"))
    if basis.get("net"):
        steps.append(Step("НДС сверх цены", from_scale(line.vat, 2), "₽", "+"))
    return steps


def _absence(line: LineView, basis: dict[str, Any]) -> list[Step]:
    less = basis["less"]
    taken = Decimal(basis["n"]) / Decimal(basis["d"]) / 10**MICRO
    norm = (-taken * less["there"] / less["away"]).quantize(PLACES)
    return [
        Step("Объём по нормативу", without_zeros(norm), UNIT_NAMES[line.unit]),
        Step("Человеко-дней отсутствия", Decimal(-less["away"]), "", "×"),
        Step("Человеко-дней всего", Decimal(less["there"]), "", "÷"),
    ]


def _benefit(line: LineView, basis: dict[str, Any]) -> list[Step]:
    less = basis["less"]
    unit = UNIT_NAMES[line.unit]
    steps = [Step("Объём", from_scale(less["v"], MICRO), unit)]
    if less["within"] < less["used"]:
        steps += [
            Step("В пределах норматива", from_scale(less["within"], MICRO), "", "×"),
            Step("Всего по услуге", from_scale(less["used"], MICRO), "", "÷"),
        ]
    mine = Decimal(less["mine"][0]) / less["mine"][1]
    people = Decimal(less["people"][0]) / less["people"][1]
    steps += [
        Step("Человек с льготой", without_zeros(mine.quantize(PLACES)), "", "×"),
        Step("Человек всего", without_zeros(people.quantize(PLACES)), "", "÷"),
    ]
    if less["days"][0] != less["days"][1]:
        steps += [
            Step("Дней с льготой", Decimal(less["days"][0]), "", "×"),
            Step("Дней в месяце", Decimal(less["days"][1]), "", "÷"),
        ]
    if less["away"][0]:
        there = less["away"][1] - less["away"][0]
        steps += [
            Step("Человеко-дней без отсутствия", Decimal(there), "", "×"),
            Step("Человеко-дней всего", Decimal(less["away"][1]), "", "÷"),
        ]
    return [*steps, Step("Льгота", without_zeros(-from_scale(less["percent"], 4)), "%", "×")]


def _share(less: dict[str, Any], rate: int) -> list[Step]:
    """Add up the percents of the deviations and take them off the fee."""
    steps: list[Step] = []
    total = Decimal(0)
    for part in less["parts"]:
        rows, percent = _part(part, less, rate)
        steps += rows
        if len(less["parts"]) > 1:
            steps.append(
                Step("Снижение за это", without_zeros(percent.quantize(FEWER)), "%", total=True)
            )
        total += percent
    exact = Decimal(less["p"]) / Decimal(less["q"]) * HUNDRED
    if len(less["parts"]) > 1 or total > HUNDRED:
        steps.append(Step("Снижение вместе", without_zeros(exact.quantize(FEWER)), "%"))
    else:
        steps.append(Step("Снижение", without_zeros(exact.quantize(FEWER)), "%", total=True))
    fee = from_scale(less["fee"], 2)
    return [
        *steps,
        Step("Плата за месяц", fee, "₽"),
        Step("Снижение", -without_zeros(exact.quantize(FEWER)), "%", "×"),
    ]


def _part(part: list[Any], less: dict[str, Any], rate: int) -> tuple[list[Step], Decimal]:
    """Return the steps of one kind of deviation and the percents it takes off."""
    what, minutes = part[0], part[1]
    if what == "break":
        lost, spared, over = part[1:]
        steps = [
            Step("Перерывы за месяц", _hours(lost), "ч"),
            Step("Допустимые перерывы", _hours(spared), "ч", "−"),
        ]
        return [*steps, Step("Снижение за час", Decimal("0.15"), "%/ч", "×")], _percent(over * 15)
    if what == "whole":
        steps = [
            Step("Часы, которые не оплачиваются", _hours(minutes), "ч"),
            Step("Часов в месяце", _hours(less["month"]), "ч", "÷"),
            Step("В процентах", Decimal(HUNDRED), "", "×"),
        ]
        return steps, Decimal(minutes) / less["month"] * HUNDRED
    if what == "cold":
        return _cold(minutes, less, rate)
    _, _, count, per_step, value, night = part
    when = "ночью" if night else "днём"
    label = {
        "temperature": f"Часы с температурой {without_zeros(Decimal(value or 0))}\u00a0°C {when}"
        if value
        else f"Часы с неверной температурой {when}",
        "pressure": f"Часы с отклонением давления или напряжения {when}",
    }[what]
    steps = [Step(label, _hours(minutes), "ч")]
    if what == "temperature":
        steps.append(Step("Ступеней отклонения", Decimal(count), "", "×"))
    steps.append(Step("Снижение за час", Decimal(per_step).scaleb(-2), "%/ч", "×"))
    return steps, _percent(minutes * count * per_step)


def _cold(minutes: int, less: dict[str, Any], rate: int) -> tuple[list[Step], Decimal]:
    """Explain the hours of water below 40 °C: they cost what cold water costs."""
    share = Decimal(minutes) / less["month"]
    dearer = Decimal(max(0, rate - less["cold"])) / max(rate, 1) * HUNDRED
    steps = [
        Step("Часы с водой холоднее 40\u00a0°C", _hours(minutes), "ч"),
        Step("Часов в месяце", _hours(less["month"]), "ч", "÷"),
        Step(
            "На сколько процентов холодная вода дешевле",
            without_zeros(dearer.quantize(PLACES)),
            "",
            "×",
        ),
    ]
    return steps, share * dearer


def _percent(taken: int) -> Decimal:
    """Return a share in 1/PER_HOUR as percents."""
    return Decimal(taken) / PER_HOUR * HUNDRED


def _hours(minutes: int) -> Decimal:
    return without_zeros((Decimal(minutes) / HOUR).quantize(PLACES))
