"""Volumes of organisations that no meter tells (RULES 1.9: ПП 442, 99/пр, ПП 776). Pure.

Electricity: two months by the same month of the last year, else by the last month that was
read; from the third one the contract's power. Heat: the contract's base load by the outdoor
temperature. Water: the average of the last year for sixty days, then what the pipe lets
through. All in exact numbers, rounded where the rule says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from abonent.common.periods import Period
from abonent.domain.billing.rules.losses import half_up
from abonent.domain.tariffs.rules.pricing import UNIT

BY_HISTORY = 2  # months of electricity by the last year; the contract's power from the next one
WATER_DAYS = 60  # days of water by the average; then the pipe
PIPE_SPEED = Fraction(12, 10)  # metres a second
PI = Fraction(Decimal("3.14159265358979323846"))
SECONDS = 24 * 60 * 60
LITRE = UNIT // 1000  # a thousandth of a cubic metre, in millionths
YEAR = 12
TEMPERATURE_SCALE = 100  # terms are in millionths of a degree, temperatures in 1/10000
WATER = ("cold_water", "hot_water")


class NotKnown(Exception):
    """The month cannot be estimated; says which problem and of what."""

    def __init__(self, problem: str, parameter: str) -> None:
        super().__init__(problem)
        self.problem, self.parameter = problem, parameter


@dataclass(frozen=True)
class Told:
    """One step of the explanation."""

    label: str
    value: Decimal | Fraction | int
    unit: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Volume:
    """An estimated volume of a zone, exact millionths of the unit, with its reason."""

    zone: str
    volume: Fraction
    method: str
    rule: str
    steps: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Silence:
    """What is known of one service of an organisation in a month without readings.

    ``since``: the first month of those without a reading; None: there is no meter.
    ``terms``: of the contract, millionths. ``history``: month → zone → metered volume.
    ``warmth``: the days of the month and their temperatures. ``shared``: the history is of
    several contracts.
    """

    kind: str
    serial: str
    since: date | None
    terms: Mapping[str, int | None]
    history: Mapping[date, Mapping[str, int]]
    warmth: Sequence[Mapping[str, Any]]
    period: Period
    shared: bool = False

    def term(self, name: str, column: str) -> Fraction:
        """Return a term of the contract in its own unit; raises NotKnown."""
        value = self.terms.get(name)
        if value is None:
            raise NotKnown("no_term", column)
        return Fraction(value, UNIT)

    @property
    def days(self) -> int:
        """Return the days of the month."""
        return self.period.last_day.day

    @property
    def nth(self) -> int:
        """Return which month without readings this is; of no meter there was never one."""
        if self.since is None:
            return BY_HISTORY + 1
        months = (self.period.first_day.year - self.since.year) * YEAR
        return months + self.period.first_day.month - self.since.month + 1


def electricity(of: Silence) -> list[Volume]:
    """Months 1 and 2 by the last year's month, else the last one read; then the power."""
    if of.nth <= BY_HISTORY:
        return _by_history(of)
    power = of.term("max_power", "max_power_kw")
    hours = of.term("hours_per_day", "hours_per_day")
    whole = Fraction(half_up(power * hours * of.days)) * UNIT
    steps = (
        Told("Наибольшая мощность по договору", power, "кВт"),
        Told("Часов работы в день", hours, "ч", "×"),
        Told("Дней в месяце", of.days, "", "×"),
    )
    shares = _last_read(of)
    if not shares or set(shares) == {"single"}:
        return [Volume("single", whole, "contract", "max_power", steps)]
    return [
        Volume(zone, part, "contract", "max_power", steps)
        for zone, part in _spread(whole, shares).items()
    ]


def _by_history(of: Silence) -> list[Volume]:
    _own_history(of)
    year_ago = of.period.plus(-YEAR).first_day
    same, rule = of.history.get(year_ago), "last_year"
    label = f"Расход за {year_ago:%m.%Y}, год назад"
    if not same:
        same, rule = _last_read(of), "previous_month"
        label = "Расход за последний месяц с показаниями"
    if not same:
        raise NotKnown("no_history", of.serial)
    return [
        Volume(zone, Fraction(half_up(Fraction(volume, UNIT))) * UNIT, "average", rule,
               (Told(label, Fraction(volume, UNIT), "кВт·ч"),))
        for zone, volume in same.items()
    ]  # fmt: skip


def _own_history(of: Silence) -> None:
    if of.shared:
        raise NotKnown("no_reading", of.serial)


def _last_read(of: Silence) -> Mapping[str, int]:
    """Return the volumes of the last month before the silence, by zone."""
    if of.shared:
        return {}
    before = [month for month in of.history if of.since is not None and month < of.since]
    return of.history[max(before)] if before else {}


def _spread(whole: Fraction, shares: Mapping[str, int]) -> dict[str, Fraction]:
    """Divide a volume between zones in proportion; the last zone takes the rest."""
    left, weight = whole, sum(shares.values())
    parts: dict[str, Fraction] = {}
    for place, (zone, share) in enumerate(shares.items()):
        last = place == len(shares) - 1 or not weight
        part = left if last else Fraction(half_up(left / UNIT * share / weight)) * UNIT
        parts[zone] = part
        left, weight = left - part, weight - share
        if last:
            break
    return parts


def heat(of: Silence) -> list[Volume]:
    """Q = Q_base × (t_in − t_out) / (t_in − t_out_design) × T, hours of the month."""
    base = of.term("q_base", "q_base")
    inside, design = of.term("t_in", "t_in"), of.term("t_out_design", "t_out_design")
    if inside <= design:
        raise NotKnown("no_term", "t_out_design")
    if not of.warmth or of.warmth[0]["locality"] is None:
        raise NotKnown("no_locality", "")
    unknown = [row["day"] for row in of.warmth if row["mean_c"] is None]
    if unknown:
        place = of.warmth[0]["locality"]
        raise NotKnown("no_temperature", f"{place} {unknown[0]:%d.%m.%Y}")
    total = sum(row["mean_c"] for row in of.warmth)
    outside = Fraction(total * TEMPERATURE_SCALE, UNIT * len(of.warmth))
    hours = of.days * 24
    volume = max(base * (inside - outside) / (inside - design) * hours, Fraction(0)) * UNIT
    steps = (
        Told("Базовая нагрузка по договору", base, "Гкал/ч"),
        Told("Температура в помещении", inside, "°C"),
        Told("Средняя температура на улице", outside, "°C", "−"),
        Told("Разность при расчётной температуре", inside - design, "°C", "÷"),
        Told("Часов в месяце", hours, "ч", "×"),
    )
    return [Volume("single", volume, "contract", "heat_base", steps)]


def water(of: Silence) -> list[Volume]:
    """Sixty days by the average of the last year, the days after them by the pipe."""
    averaged = 0
    if of.since is not None:
        before = (of.period.first_day - of.since).days
        averaged = max(0, min(of.days, WATER_DAYS - before))
    parts = []
    if averaged:
        parts.append(_average(of, averaged))
    if averaged < of.days:
        parts.append(_pipe(of, of.days - averaged))
    return parts


def _average(of: Silence, days: int) -> Volume:
    _own_history(of)
    since = of.since or of.period.first_day
    first = Period.of(since).plus(-YEAR).first_day
    known = [sum(zones.values()) for month, zones in of.history.items() if first <= month < since]
    if not known:
        raise NotKnown("no_history", of.serial)
    monthly = half_up(Fraction(sum(known), len(known) * LITRE)) * LITRE
    steps = [
        Told("Расход за последний год", Fraction(sum(known), UNIT), "м³"),
        Told("Месяцев", len(known), "", "÷"),
        Told("В среднем за месяц", Fraction(monthly, UNIT), "м³"),
    ]
    volume = Fraction(monthly)
    if days < of.days:
        steps += [Told("Дней по среднему", days, "", "×"), Told("Дней в месяце", of.days, "", "÷")]
        volume = Fraction(half_up(volume * days / of.days / LITRE)) * LITRE
    return Volume("single", volume, "average", "year_average", tuple(steps))


def _pipe(of: Silence, days: int) -> Volume:
    """1.2 m/s through the section of the pipe, day and night."""
    metres = of.term("pipe_mm", "pipe_mm") / 1000
    section = PI * metres**2 / 4
    volume = Fraction(half_up(section * PIPE_SPEED * SECONDS * days * 1000)) * LITRE
    steps = (
        Told("Диаметр трубы", metres * 1000, "мм"),
        Told("Сечение трубы", Fraction(half_up(section * UNIT), UNIT), "м²"),
        Told("Скорость воды", PIPE_SPEED, "м/с", "×"),
        Told("Секунд в сутках", SECONDS, "с", "×"),
        Told("Дней", days, "", "×"),
    )
    return Volume("single", volume, "contract", "pipe", steps)


RULES = {"electricity": electricity, "heat": heat, **dict.fromkeys(WATER, water)}
# Without a meter the contract alone is asked, if it says this.
NEEDED = {"electricity": "max_power", "heat": "q_base", **dict.fromkeys(WATER, "pipe_mm")}
