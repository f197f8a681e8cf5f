"""The steps of a share of what a house uses in common, for a pocket calculator. Pure."""

from decimal import Decimal
from typing import Any

from abonent.common.numbers import from_scale
from abonent.domain.billing.rules.steps import MICRO, Step
from abonent.domain.billing.rules.volumes import AREA_SCALE

# What the rooms used is taken off what the house used.
_ROOMS = (
    ("metered", "По счётчикам в помещениях"),
    ("unmetered", "По нормативу в помещениях"),
    ("nonresidential", "Нежилые помещения"),
    ("production", "На приготовление горячей воды"),
)


def common_steps(common: dict[str, Any], unit: str) -> list[Step]:
    """Return the steps to the volume of a room's share."""
    steps = [
        Step("По счётчику дома", from_scale(common["house"], MICRO), unit),
        *(
            Step(label, from_scale(common[name], MICRO), unit, "−")
            for name, label in _ROOMS
            if common[name]
        ),
        Step("На общие нужды дома", from_scale(common["v"], MICRO), unit, total=True),
    ]
    if common["v"] < 0:
        return [
            *steps,
            Step("Человеко-дней у вас", Decimal(common["mine"]), "", "×"),
            Step("Человеко-дней в доме", Decimal(common["people"]), "", "÷"),
            *_back(common, unit),
            *_share(common, unit),
        ]
    if common["limit"] < common["v"]:
        steps += [
            Step("Норматив на квадратный метр", from_scale(common["norm"], MICRO), unit),
            Step("Площадь общих помещений", _area(common, "common"), "м²", "×"),
            Step("Не больше норматива", from_scale(common["limit"], MICRO), unit, total=True),
        ]
    return [
        *steps,
        Step("Ваша площадь", _area(common, "area"), "м²", "×"),
        Step("Площадь всех помещений дома", _area(common, "total"), "м²", "÷"),
        *_share(common, unit),
    ]


def _share(common: dict[str, Any], unit: str) -> list[Step]:
    """Return the rounded share; lines billed before it was rounded have none."""
    if "share" not in common:
        return []
    digits = Decimal("0.001") if common["share"] % 1000 == 0 else Decimal("0.000001")
    share = from_scale(common["share"], MICRO).quantize(digits)
    return [Step("Ваша доля", share, unit, total=True)]


def _back(common: dict[str, Any], unit: str) -> list[Step]:
    """Say that a room gets no more back than it used."""
    if common["v"] * common["mine"] + max(common["own"], 0) * common["people"] >= 0:
        return []
    return [Step("Но не больше вашего расхода", -from_scale(common["own"], MICRO), unit)]


def _area(common: dict[str, Any], name: str) -> Decimal:
    return Decimal(common[name]) / AREA_SCALE
