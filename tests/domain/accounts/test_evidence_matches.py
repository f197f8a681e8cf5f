"""What is typed agrees with the papers whatever the spelling; what is unknown never does."""

import pytest

from abonent.domain.accounts.rules import evidence_matches, masked_number, written_address

KNOWN = {
    "house": ("12А",),
    "flat": ("7",),
    "corpus": ("",),
    "street": ("ул. Бекетова",),
    "locality": ("г. Екатеринбург",),
    "surname": ("Алёшина Анна Петровна",),
    "last_paid": ("1284.93",),
    "meter_serial": ("0071-2345", "998877"),
}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"house": "12", "letter": "а", "flat": "7"}, ("house", "letter", "flat")),
        ({"house": "12а", "flat": " 7 "}, ("house", "flat")),
        ({"house": "12A", "flat": "7"}, ("house", "flat")),  # a Latin letter
        ({"street": "Бекетова"}, ("street",)),
        ({"street": "улица бекетова", "locality": "Екатеринбург"}, ("street", "locality")),
        ({"surname": "АЛЕШИНА"}, ("surname",)),
        ({"last_paid": "1 284,93"}, ("last_paid",)),
        ({"meter_serial": "712345"}, ("meter_serial",)),
        ({"meter_serial": "998877"}, ("meter_serial", "corpus")),
    ],
)
def test_the_same_thing_spelled_otherwise_agrees(given: dict[str, str], asked: tuple[str]) -> None:
    assert evidence_matches(given, KNOWN, asked)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"house": "12", "flat": "7"}, ("house", "flat")),
        ({"house": "12А", "flat": ""}, ("house", "flat")),
        ({"house": "12А", "flat": "7", "flat_extension": "б"}, ("house", "flat")),
        ({"last_paid": "1285"}, ("last_paid",)),
        ({"last_paid": ""}, ("last_paid",)),
        ({"surname": ""}, ("surname",)),
        ({"house": "12А"}, ()),
        ({"house": "12А"}, ("contact_code",)),
    ],
)
def test_anything_else_does_not(given: dict[str, str], asked: tuple[str]) -> None:
    assert not evidence_matches(given, KNOWN, asked)


@pytest.mark.parametrize("field", ["last_paid", "surname", "meter_serial"])
@pytest.mark.parametrize("known", [(), ("",)])
def test_what_the_papers_do_not_tell_matches_nothing_typed(
    field: str, known: tuple[str, ...]
) -> None:
    assert not evidence_matches({field: "что-то"}, {field: known}, (field,))
    assert not evidence_matches({field: ""}, {}, (field,))


def test_a_flat_that_does_not_exist_is_left_empty() -> None:
    private_house = {"house": ("5",), "flat": ("",)}
    assert evidence_matches({"house": "5", "flat": ""}, private_house, ("house", "flat"))
    assert not evidence_matches({"house": "5", "flat": "1"}, private_house, ("house", "flat"))


def test_an_address_reads_as_on_an_envelope() -> None:
    assert (
        written_address(
            locality="г. Екатеринбург", street="ул. Мира", house="5", letter="А", flat="7"
        )
        == "г. Екатеринбург, ул.\u00a0Мира, д.\u00a05А, кв.\u00a07"
    )
    long = written_address(locality="г. Пермь", street="ул. Орджоникидзе", house="1")
    assert long == "г. Пермь, ул. Орджоникидзе, д.\u00a01"
    assert masked_number("6600123417") == "…3417"


def test_nothing_typed_proves_nothing() -> None:
    assert not evidence_matches({"flat": ""}, {"flat": ("",)}, ("flat",))
