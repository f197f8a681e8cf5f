"""A proof of readings checked by a stranger: whether and when, never whose."""

from datetime import date

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from abonent.domain.metering.models import MeterReading, Reading
from abonent.domain.metering.operations.submit import submit_readings
from abonent.domain.metering.queries.proofs import normal_number
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.suppliers.models import Supplier
from bills import NUMBER
from flat import COLD, NOVEMBER_23, flat, micro
from seen import words

PAGE = "/demo/documents/readings/"


@pytest.fixture
def proof(db):
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, registers = flat()
        submit_readings(
            supplier_id=household.supplier_id, account_id=household.account_id,
            values={registers[COLD, "single"].pk: micro("128.000")}, confirmed=frozenset(),
            taken_on=date(2026, 11, 23), source=ReadingSource.CABINET, user_id=None, key="once",
            now=NOVEMBER_23,
        )  # fmt: skip
        yield MeterReading.objects.get()


def check(number: str, code: str = "") -> HttpResponse:
    return Client().post(PAGE, {"number": number, "code": code})


def test_the_number_alone_tells_when_and_how_and_nothing_of_whose(proof):
    answer = check(proof.number.replace("\u00a0", " "))
    page = words(answer)
    assert "Принято 23 ноября 2026, 19:42, личный кабинет" in page
    assert "Учтено за ноябрь 2026" in page
    for private in ("128", COLD, NUMBER, "Иванов", "Примерная"):
        assert private not in page.replace(proof.number.replace("\u00a0", " "), "")


def test_with_the_code_the_values_may_be_compared(proof):
    page = words(check(proof.number, proof.code.lower().replace("-", " ")))
    assert "Холодная вода 128,000 м³" in page
    assert COLD not in page
    assert NUMBER not in page


@pytest.mark.parametrize(("number", "code"), [("99-000 001", ""), ("x", ""), ("", "")])
def test_a_number_that_nobody_got_is_not_there(proof, number, code):
    assert check(number, code).status_code == 422


def test_a_wrong_code_shows_nothing(proof):
    answer = check(proof.number, "0000-0000-0000")
    assert answer.status_code == 422
    assert "Код не от этой передачи" in words(answer)
    assert "128" not in words(answer).replace(proof.number, "")


def test_readings_that_were_set_aside_are_told_so(proof):
    Reading.objects.filter(submission_id=proof.pk).update(quality=ReadingQuality.SET_ASIDE)
    assert "Отложено, не учитываем" in words(check(proof.number))


def test_another_suppliers_page_knows_nothing(proof):
    Supplier.objects.create(code="other", name="Другой", timezone="Europe/Moscow", cabinet={})
    answer = Client().post("/other/documents/readings/", {"number": proof.number, "code": ""})
    assert answer.status_code == 422


def test_a_number_is_read_as_people_type_it():
    assert normal_number("24-481 207") == normal_number("№ 24 481207") == "24-481\u00a0207"
    assert normal_number("24-1481\u00a0207") == "24-1481\u00a0207"
