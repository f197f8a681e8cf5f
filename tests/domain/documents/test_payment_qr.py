from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abonent.common.periods import Period
from abonent.domain.documents.rules import Requisites, payment_qr, split_full_name
from abonent.domain.documents.rules.qr import LENGTHS, SEPARATORS
from domain.documents.papers import ADDRESS, NAME, OCTOBER, REQUISITES

EXAMPLE_50 = (
    "ST00012|Name=АО «Пример-Энерго»|PersonalAcc=40702810138250123017|BankName=ПАО «БАНК»"
    "|BIC=044525225|CorrespAcc=30101810400000000225|PayeeINN=7204000019|KPP=720401001"
    "|Sum=519826|Purpose=Коммунальные услуги за 10.2026 л/с 0010012345|LastName=Иванов"
    "|FirstName=Иван|MiddleName=Иванович|PayerAddress=г. Тюмень, ул. Примерная, д. 1, кв. 15"
    "|PersAcc=0010012345|PaymPeriod=102026|Category=Коммунальные услуги|TechCode=02"
)
MANDATORY = ["Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"]


def october_qr(
    requisites: Requisites = REQUISITES,
    amount: int = 519826,
    name: str = NAME,
    address: str = ADDRESS,
    purpose: str = "",
) -> str:
    return payment_qr(
        requisites,
        amount=amount,
        account_number="0010012345",
        period=OCTOBER,
        full_name=name,
        address=address,
        purpose=purpose,
    )


def read_back(payload: str) -> list[tuple[str, str]]:
    """Read a payload as a bank does: the sign after the header separates the pairs."""
    assert payload[:7] == "ST00012"
    return [tuple(pair.split("=", 1)) for pair in payload[8:].split(payload[7])]


def test_example_50_comes_out_to_the_character() -> None:
    payload = october_qr()
    assert payload == EXAMPLE_50
    assert (len(payload), len(payload.encode())) == (410, 514)


def test_sum_is_whole_kopecks_and_absent_when_nothing_is_due() -> None:
    assert dict(read_back(october_qr(amount=5)))["Sum"] == "5"
    assert "Sum" not in dict(read_back(october_qr(amount=0)))
    assert "Sum" not in dict(read_back(october_qr(amount=-300)))


def test_another_separator_stands_in_when_the_usual_one_is_in_a_name() -> None:
    payload = october_qr(replace(REQUISITES, name="АО «Тепло|Свет»"))
    assert payload.startswith("ST00012^Name=АО «Тепло|Свет»^PersonalAcc=")
    assert dict(read_back(payload))["Name"] == "АО «Тепло|Свет»"


def test_a_bank_without_correspondent_account_is_written_as_zero() -> None:
    for absent in ("", "0"):
        pairs = dict(read_back(october_qr(replace(REQUISITES, correspondent_account=absent))))
        assert pairs["CorrespAcc"] == "0"


def test_an_unusable_inn_or_kpp_is_left_out() -> None:
    pairs = dict(read_back(october_qr(replace(REQUISITES, inn="72040000", kpp=""))))
    assert "PayeeINN" not in pairs
    assert "KPP" not in pairs
    assert list(pairs)[:5] == MANDATORY


@pytest.mark.parametrize(
    "broken", [{"name": " "}, {"bank_name": ""}, {"bic": "04452522"}, {"account_number": "4070"}]
)
def test_without_the_mandatory_five_there_is_no_code(broken: dict[str, str]) -> None:
    assert october_qr(replace(REQUISITES, **broken)) == ""


def test_an_organisation_has_no_parts_of_a_name() -> None:
    assert not {"LastName", "FirstName"} & set(dict(read_back(october_qr(name=""))))


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Иванов", ["Иванов"]),
        ("Ли  Анна", ["Ли", "Анна"]),
        ("Мамедов Али Гусейн оглы", ["Мамедов", "Али", "Гусейн оглы"]),
        ("", []),
    ],
)
def test_a_name_is_split_into_its_parts(full_name: str, parts: list[str]) -> None:
    assert [value for _, value in split_full_name(full_name)] == parts


anything = st.text(max_size=300)


# A busy machine draws slowly; that says nothing of the rule.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=anything.filter(
        lambda text: any(sign.isprintable() and not sign.isspace() for sign in text)
    ),
    full_name=anything,
    address=anything,
    purpose=anything,
    amount=st.integers(min_value=-(10**12), max_value=10**17),
    year=st.integers(min_value=2000, max_value=2099),
    month=st.integers(min_value=1, max_value=12),
)
def test_any_texts_come_back_from_the_payload(
    name: str, full_name: str, address: str, purpose: str, amount: int, year: int, month: int
) -> None:
    payload = payment_qr(
        replace(REQUISITES, name=name),
        amount=amount,
        account_number="0010012345",
        period=Period(year, month),
        full_name=full_name,
        address=address,
        purpose=purpose,
    )
    pairs = read_back(payload)
    values = dict(pairs)
    assert len(values) == len(pairs)
    assert [key for key, _ in pairs][:5] == MANDATORY
    assert all(value and "\n" not in value and payload[7] not in value for _, value in pairs)
    assert all(len(values.get(key, "")) <= longest for key, longest in LENGTHS.items())
    assert values["PersAcc"] == "0010012345"
    assert values["PaymPeriod"] == f"{month:02d}{year}"
    assert values.get("Sum") == (str(amount) if amount > 0 else None)
    clean = " ".join(address.split())
    if clean and clean.isprintable() and payload[7] != SEPARATORS[-1]:
        assert values["PayerAddress"] == clean[:160].rstrip()


def test_a_text_that_uses_every_separator_loses_only_one_of_them() -> None:
    pairs = dict(read_back(october_qr(address=f"дом {SEPARATORS} 5")))
    assert pairs["PayerAddress"] == f"дом  {SEPARATORS[1:]} 5"
