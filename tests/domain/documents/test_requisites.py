from dataclasses import replace

import pytest

from abonent.domain.documents.rules import (
    is_account_of,
    is_correspondent_of,
    is_inn,
    requisite_faults,
)
from domain.documents.papers import REQUISITES

BIC = "044525225"


@pytest.mark.parametrize(
    ("inn", "right"),
    [
        ("7204000019", True),
        ("500100732259", True),
        ("7204000018", False),
        ("500100732258", False),
        ("500100732249", False),
        ("720400001", False),
        ("72040000190", False),
        ("72040ХХ019", False),
        ("٧٢٠٤٠٠٠٠١٩", False),
        ("", False),
    ],
)
def test_inn(inn: str, right: bool) -> None:
    assert is_inn(inn) is right


def test_account_key() -> None:
    assert is_account_of("40702810138250123017", BIC)
    assert not is_account_of("40702810038250123017", BIC)
    assert not is_account_of("4070281013825012301", BIC)
    assert not is_account_of("40702810138250123017", "04452522")


def test_correspondent_key() -> None:
    assert is_correspondent_of("30101810400000000225", BIC)
    assert not is_correspondent_of("30101810500000000225", BIC)


def test_every_wrong_digit_of_an_account_is_noticed() -> None:
    account = REQUISITES.account_number
    for place, digit in enumerate(account):
        wrong = account[:place] + str((int(digit) + 1) % 10) + account[place + 1 :]
        assert not is_account_of(wrong, BIC), wrong


def test_right_details_have_no_faults() -> None:
    assert requisite_faults(REQUISITES) == []
    assert requisite_faults(replace(REQUISITES, correspondent_account="0", inn="", kpp="")) == []


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ({"name": ""}, "названия получателя"),
        ({"inn": "7204000018"}, "ИНН «7204000018»"),
        ({"kpp": "7204"}, "КПП «7204»"),
        ({"bank_name": " "}, "названия банка"),
        ({"bic": "04"}, "БИК «04»"),
        ({"account_number": "40702810038250123017"}, "Расчётный счёт «40702810038250123017»"),
        ({"correspondent_account": "1"}, "Корреспондентский счёт «1»"),
    ],
)
def test_each_fault_is_named(broken: dict[str, str], word: str) -> None:
    (fault,) = requisite_faults(replace(REQUISITES, **broken))
    assert word in fault
