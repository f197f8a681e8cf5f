"""The steps of heat shared by a house, for a pocket calculator (formulas 2 and 3). Pure."""

from decimal import Decimal
from typing import Any

from abonent.common.numbers import from_scale, without_zeros
from abonent.domain.billing.rules.steps import MICRO, PLACES, LineView, Step
from abonent.domain.billing.rules.volumes import AREA_SCALE

GCAL, METRES = "Гкал", "м²"


def heat_steps(heat: dict[str, Any], line: LineView) -> list[Step]:
    """Return the steps to the volume of a line of heat."""
    if line.method == "norm":
        return _by_norm(heat, line)
    steps = _estimated(heat["estimate"]) if "estimate" in heat else []
    if _divided(heat):
        steps += [
            Step("Тепло на весь дом за\u00a0прошлый год", from_scale(heat["volume"], MICRO), GCAL),
            Step("Месяцев в году", Decimal(heat["divisor"]), "", "÷"),
            Step("Тепло на весь дом в месяц", _of(heat, "volume"), GCAL, total=True),
        ]
    if heat["metered_area"] > 0:
        return steps + _with_meters(heat, line)
    return steps + (_with_own_heating(heat) if heat["excluded"] > 0 or heat.get("individual")
                    else _simple(heat))  # fmt: skip


def _by_norm(heat: dict[str, Any], line: LineView) -> list[Step]:
    steps = [
        Step("Норматив на квадратный метр", from_scale(heat["norm"], MICRO), GCAL),
        Step("Ваша площадь", _area(heat, "area"), METRES, "×"),
    ]
    if heat.get("individual"):
        steps.append(Step("Ваше помещение отапливается само", Decimal(0), "", "×"))
    elif line.rule == "heat_h1_year":
        steps += [
            Step("Месяцев отопления", Decimal(heat["season_months"]), "", "×"),
            Step("Месяцев в году", Decimal(12), "", "÷"),
        ]
    return steps


def _simple(heat: dict[str, Any]) -> list[Step]:
    return [
        Step("Тепло на весь дом", _of(heat, "volume"), GCAL),
        Step("Площадь всех помещений дома", _area(heat, "total"), METRES, "÷"),
        Step("Ваша площадь", _area(heat, "area"), METRES, "×"),
    ]


def _with_own_heating(heat: dict[str, Any]) -> list[Step]:
    """H2 of a house with rooms that heat themselves: an own share and one of what is left."""
    heated = heat["total"] - heat["excluded"]
    base = heated + max(heat["common"], 0)
    volume = _of(heat, "volume")
    per_metre = volume / from_scale(base, 4)
    rest = volume - per_metre * from_scale(heated, 4)
    steps = [
        Step("Площадь всех помещений дома", _area(heat, "total"), METRES),
        Step("Площадь без отопления от дома", _area(heat, "excluded"), METRES, "−"),
        Step("Отапливаемая площадь", from_scale(heated, 4), METRES, total=True),
        Step("Площадь общих помещений", _area(heat, "common"), METRES, "+"),
        Step("Площадь, на которую делят тепло", from_scale(base, 4), METRES, total=True),
        Step("Тепло на весь дом", volume, GCAL),
        Step("Площадь, на которую делят тепло", from_scale(base, 4), METRES, "÷"),
        Step("Тепло на квадратный метр", _short(per_metre), GCAL, total=True),
        Step("Отапливаемая площадь", from_scale(heated, 4), METRES, "×"),
        Step("Тепло всех отапливаемых помещений", _fewer(per_metre * from_scale(heated, 4)), GCAL,
             total=True),
        Step("Тепло на весь дом", volume, GCAL),
        Step("Тепло всех отапливаемых помещений", _short(volume - rest), GCAL, "−"),
        Step("Осталось на общие нужды", _fewer(rest), GCAL, total=True),
        *_common(heat),
    ]  # fmt: skip
    if heat.get("individual"):
        return steps
    shared = rest / _area(heat, "total") * _area(heat, "area")
    return [
        *steps,
        Step("Доля общих нужд", _fewer(shared), GCAL, total=True),
        Step("Тепло на квадратный метр", _short(per_metre), GCAL),
        Step("Ваша площадь", _area(heat, "area"), METRES, "×"),
        Step("Доля общих нужд", _short(shared), GCAL, "+"),
    ]


def _with_meters(heat: dict[str, Any], line: LineView) -> list[Step]:
    """H3 and H4: what the rooms' meters counted, and a share of what is left of the house's."""
    heated = heat["total"] - heat["excluded"]
    counted, area = _of(heat, "metered_volume"), _area(heat, "metered_area")
    per_metre = counted / area
    rooms = per_metre * from_scale(heated, 4)
    rest = _of(heat, "volume") - rooms
    shared = rest / _area(heat, "total") * _area(heat, "area")
    steps = [
        Step("По счётчикам в квартирах", counted, GCAL),
        Step("Площадь квартир со счётчиками", area, METRES, "÷"),
        Step("Тепло на квадратный метр", _short(per_metre), GCAL, total=True),
        Step("Отапливаемая площадь дома", from_scale(heated, 4), METRES, "×"),
        Step("Тепло всех помещений", _fewer(rooms), GCAL, total=True),
        Step("Тепло на весь дом", _of(heat, "volume"), GCAL),
        Step("Тепло всех помещений", _short(rooms), GCAL, "−"),
        Step("Осталось на общие нужды", _fewer(rest), GCAL, total=True),
        *_common(heat),
    ]
    mine = Decimal(0)
    if not heat.get("individual"):
        steps.append(Step("Доля общих нужд", _fewer(shared), GCAL, total=True))
        if heat["own_volume"] >= 0:
            mine = _of(heat, "own_volume")
            steps.append(Step("Ваш счётчик", mine, GCAL))
        else:
            mine = per_metre * _area(heat, "area")
            steps += [
                Step("Тепло на квадратный метр", _short(per_metre), GCAL),
                Step("Ваша площадь", _area(heat, "area"), METRES, "×"),
            ]
        steps.append(Step("Доля общих нужд", _short(shared), GCAL, "+"))
    if line.volume == 0 and mine + shared < 0:
        steps += [
            Step("Получилось меньше нуля", _fewer(mine + shared), GCAL, total=True),
            Step("Меньше нуля не бывает", Decimal(0), "", "×"),
        ]
    return steps


def _common(heat: dict[str, Any]) -> list[Step]:
    return [
        Step("Площадь всех помещений дома", _area(heat, "total"), METRES, "÷"),
        Step("Ваша площадь", _area(heat, "area"), METRES, "×"),
    ]


def _estimated(note: dict[str, Any]) -> list[Step]:
    """Explain the estimate of a month in which the house's meter failed (p. 59(1))."""
    room, now, base = (Decimal(note[name]).scaleb(-2) for name in ("room", "now", "base"))
    return [
        Step("В комнате", room, "°C"),
        Step("На улице в этом месяце", now, "°C", "−"),
        Step("Разница в этом месяце", room - now, "°C", total=True),
        Step("В комнате", room, "°C"),
        Step("На улице в прошлые месяцы отопления", base, "°C", "−"),
        Step("Разница в прошлые месяцы отопления", room - base, "°C", total=True),
        Step("Тепло дома за прошлые месяцы отопления", from_scale(note["v"], MICRO), GCAL),
        Step("Дней в них", Decimal(note["w"]), "", "÷"),
        Step("Дней в этом месяце", Decimal(note["p"]), "", "×"),
        Step("Разница в этом месяце", max(room - now, Decimal(0)), "°C", "×"),
        Step("Разница в прошлые месяцы отопления", room - base, "°C", "÷"),
        Step(
            f"Тепло на весь дом, счётчик неисправен {note['k']}-й месяц из\u00a0{note['of']}",
            from_scale(_half_up(note), MICRO), GCAL, total=True,
        ),
    ]  # fmt: skip


def _half_up(note: dict[str, Any]) -> int:
    top = note["v"] * note["p"] * max(0, note["room"] - note["now"]) * 2
    bottom = note["w"] * (note["room"] - note["base"])
    return int((top + bottom) // (bottom * 2))


def _divided(heat: dict[str, Any]) -> bool:
    return int(heat.get("divisor", 1)) > 1


def _of(heat: dict[str, Any], name: str) -> Decimal:
    """Return a volume of the house in a month."""
    value = from_scale(max(heat[name], 0), MICRO)
    return _short(value / heat.get("divisor", 1)) if _divided(heat) else value


def _area(heat: dict[str, Any], name: str) -> Decimal:
    return Decimal(max(heat[name], 0)) / AREA_SCALE


def _short(value: Decimal) -> Decimal:
    """Return a number of at most ten decimals."""
    return without_zeros(value.quantize(PLACES))


def _fewer(value: Decimal) -> Decimal:
    """Return what is made of such numbers, with fewer decimals."""
    return without_zeros(value.quantize(PLACES * 100))
