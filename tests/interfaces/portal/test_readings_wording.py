"""How the cost of a reading is written: the price, what tax adds over it, the sum."""

from decimal import Decimal

from abonent.interfaces.portal.readings.wording import Price, SumRow, cost_rows


def test_tax_over_the_price_has_a_row_of_its_own() -> None:
    rows = cost_rows(29910, Price(Decimal("39.51"), 5394))
    assert rows == [
        SumRow("Цена", "39,51", "×", "₽"),
        SumRow("НДС сверх цены", "53,94", "+", "₽"),
        SumRow("Стоимость", "299,10", unit="₽", total=True),
    ]


def test_a_price_that_holds_its_tax_and_no_one_price_need_no_row() -> None:
    names = [row.name for row in cost_rows(48310, Price(Decimal("48.31"), 0))]
    assert names == ["Цена", "Стоимость"]
    assert [row.name for row in cost_rows(48310, None)] == ["Стоимость"]
