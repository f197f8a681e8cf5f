"""A line of a part of the days says so on paper: else a service stands there twice unexplained."""

import json
from dataclasses import replace

import pytest

from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.paper import paper_lines
from abonent.domain.suppliers.rules import Unit

METERED = LineView(
    line=1,
    service="power",
    service_name="Электроэнергия",
    service_kind="electricity",
    component="",
    zone="single",
    band=1,
    method="meter",
    unit=Unit.KWH,
    volume=21_000_000,
    rate=615_000,
    multiplier=1000,
    amount=12915,
    vat=2329,
    corrects=None,
    rule="meter",
)


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        ([{"p": 6, "w": 27}], "за 6 дней из 27"),
        ([{"p": 1, "w": 30}, {"p": 1, "w": 30}], "за 1 день из 30"),
        ([{"p": 27, "w": 27}], ""),
        ([{"p": 6, "w": 27}, {"p": 4, "w": 20}], ""),
    ],
)
def test_a_part_of_the_days_is_told(readings: list[dict[str, int]], told: str) -> None:
    line = replace(METERED, basis=json.dumps({"readings": readings}))
    assert [one.days.replace("\u00a0", " ") for one in paper_lines([line], {})] == [told]
