"""Readings without sign-in: nothing is shown before proof, and nothing of the past ever."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from abonent.domain.accounts.models import Customer, OpenRequest
from abonent.domain.metering.models import MeterReading, Reading, Register
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from bills import NUMBER, OCTOBER, Household
from entrance import letters, link_in
from flat import COLD, LIGHT, NOVEMBER_23, flat, micro

pytestmark = pytest.mark.django_db
OPEN = "/demo/open/readings/"
OWNER = "ivanov@example.ru"
PRIVATE = ("Иванов", "Примерная", "125,9", "125.9", "14327", "14\u00a0327", "4\u00a0998")
Registers = dict[tuple[str, str], Register]


@pytest.fixture
def home() -> tuple[Household, Registers]:
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, registers = flat()
        Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
        Customer.objects.update(email=OWNER)
        yield household, registers


def prove(client: Client, number: str = NUMBER, end: str = "0043") -> HttpResponse:
    return client.post(OPEN, {"account": number, "meter_serial_end": end})


def mark_in(answer: HttpResponse) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', answer.content.decode())
    assert found
    return unescape(found[1])


def cold(registers: Registers, value: str) -> dict[str, str]:
    return {f"r{registers[COLD, 'single'].pk}": value}


def send(client: Client, mark: str, values: dict[str, str]) -> HttpResponse:
    return client.post(f"{OPEN}send/", {"mark": mark, **values})


def stored() -> list[Reading]:
    return list(Reading.objects.filter(source=int(ReadingSource.OPEN_PAGE)))


def told(answer: HttpResponse, number: str) -> str:
    """Return the page without what differs by what was typed and by request."""
    page = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.content.decode())
    return page.replace(number, "N")


def test_readings_come_from_the_number_to_the_proof(client, home):
    _, registers = home
    sheet = prove(client, " 0010 012345 ", "0043")
    mark, values = mark_in(sheet), cold(registers, "128,5")
    checked = client.post(f"{OPEN}check/", {"mark": mark, **values})
    assert "128,500\u00a0м³" in checked.content.decode()
    assert stored() == []
    answer = send(client, mark, values)
    (reading,) = stored()
    assert (reading.value, reading.quality) == (micro("128.5"), ReadingQuality.ACCEPTED)
    (submission,) = MeterReading.objects.all()
    proof = client.get(answer["Location"]).content.decode()
    assert submission.number in proof
    assert submission.code in proof
    for page in (sheet.content.decode(), checked.content.decode(), proof):
        assert not [word for word in PRIVATE if word in page]


def test_a_wrong_proof_and_an_unknown_number_are_told_alike(client, home):
    wrong, unknown = prove(client, NUMBER, "9999"), prove(client, "7770012345", "0043")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert told(wrong, NUMBER).replace("9999", "E") == told(unknown, "7770012345").replace(
        "0043", "E"
    )


@pytest.mark.parametrize("end", ["043", "43", "", "000043", "10475511"])
def test_less_than_the_end_of_a_serial_proves_nothing(client, home, end: str):
    assert prove(client, NUMBER, end).status_code == 422


@pytest.mark.parametrize("end", ["5512", "10475512", "75512"])
def test_any_meter_of_the_account_proves_it(client, home, end: str):
    assert prove(client, NUMBER, end).status_code == 200


def test_the_fourth_wrong_try_of_a_day_shuts_the_number(client, home):
    for _ in range(3):
        assert prove(client, NUMBER, "9999").status_code == 422
    assert prove(client, NUMBER, "0043").status_code == 429
    with time_machine.travel(NOVEMBER_23 + timedelta(days=1, minutes=1), tick=False):
        assert prove(client, NUMBER, "0043").status_code == 200


def test_the_sixth_wrong_number_of_an_hour_shuts_the_block(client, home):
    for step in range(5):
        assert prove(client, f"77700{step}", "0043").status_code == 422
    assert prove(client).status_code == 429
    other = client.post(
        OPEN, {"account": NUMBER, "meter_serial_end": "0043"}, REMOTE_ADDR="203.0.113.9"
    )
    assert other.status_code == 200
    with time_machine.travel(NOVEMBER_23 + timedelta(hours=1, minutes=1), tick=False):
        assert prove(client).status_code == 200


def test_no_value_makes_the_answer_another_one(client, home):
    _, registers = home
    qualities = {}
    for value in ("128.000", "400.000", "100.000"):
        mark = mark_in(prove(client))
        values = cold(registers, value)
        checked = client.post(f"{OPEN}check/", {"mark": mark, **values})
        assert checked.status_code == 200
        answer = send(client, mark, values)
        assert answer.status_code == 302
        proof = client.get(answer["Location"]).content.decode()
        assert "Показания приняты" in proof
        qualities[value] = Reading.objects.get(value=micro(value)).quality
    assert qualities == {
        "128.000": ReadingQuality.ACCEPTED,
        "400.000": ReadingQuality.DOUBTFUL,
        "100.000": ReadingQuality.SET_ASIDE,
    }


def test_zones_go_together(client, home):
    _, registers = home
    mark = mark_in(prove(client))
    answer = send(client, mark, {f"r{registers[LIGHT, 'day'].pk}": "14400"})
    assert answer.status_code == 422
    assert "зоны передают вместе" in answer.content.decode()
    assert stored() == []


def test_the_same_form_twice_is_one_submission(client, home):
    _, registers = home
    mark = mark_in(prove(client))
    first, second = (send(client, mark, cold(registers, "128")) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(stored()) == len(letters(OWNER)) == 1


def test_a_forged_or_old_mark_opens_nothing(client, home):
    _, registers = home
    mark, values = mark_in(prove(client)), cold(registers, "128")
    assert send(client, f"{mark[:-1]}x", values).status_code == 422
    with time_machine.travel(NOVEMBER_23 + timedelta(minutes=31), tick=False):
        assert send(client, mark, values).status_code == 422
    Supplier.objects.create(
        code="other", name="Другой", cabinet=load_preset("").preset.cabinet, timezone="UTC"
    )
    elsewhere = client.post("/other/open/readings/send/", {"mark": mark, **values})
    assert elsewhere.status_code == 422
    assert stored() == []


def test_a_sixth_submission_of_a_day_is_not_taken(client, home):
    _, registers = home
    mark = mark_in(prove(client))
    for step in range(5):
        assert send(client, mark, cold(registers, f"128.{step}00")).status_code == 302
    assert send(client, mark, cold(registers, "128.900")).status_code == 422
    assert len(stored()) == 5


def test_the_owner_undoes_what_a_stranger_sent(client, home):
    _, registers = home
    send(client, mark_in(prove(client)), cold(registers, "128"))
    (letter,) = letters(OWNER)
    assert "128,000" in letter.body
    assert NUMBER not in letter.body
    link = link_in(letter)
    assert client.get(link).status_code == 200
    assert stored()[0].quality == ReadingQuality.ACCEPTED, "opening a link changes nothing"
    client.post(link)
    assert stored()[0].quality == ReadingQuality.SET_ASIDE
    assert "Показания не учитываем" in client.get(link).content.decode()
    assert prove(client).status_code == 422, "the number rests for a month"
    with time_machine.travel(NOVEMBER_23 + timedelta(days=31), tick=False):
        assert prove(client).status_code == 200


def test_what_is_billed_is_not_undone(client, home):
    _, registers = home
    send(client, mark_in(prove(client)), cold(registers, "128"))
    MeterReading.objects.update(period=OCTOBER.first_day)
    answer = client.post(link_in(letters(OWNER)[0]))
    assert answer.status_code == 400
    assert stored()[0].quality == ReadingQuality.ACCEPTED


def test_an_old_link_undoes_nothing(client, home):
    _, registers = home
    send(client, mark_in(prove(client)), cold(registers, "128"))
    link = link_in(letters(OWNER)[0])
    with time_machine.travel(NOVEMBER_23 + timedelta(days=8), tick=False):
        assert client.post(link).status_code == 404
    assert stored()[0].quality == ReadingQuality.ACCEPTED


def test_the_flat_proves_where_the_preset_asks_it(client, home):
    Supplier.objects.update(cabinet=load_preset("sesb").preset.cabinet)
    assert client.post(OPEN, {"account": NUMBER, "flat": "15"}).status_code == 200
    assert client.post(OPEN, {"account": NUMBER, "flat": "16"}).status_code == 422
    assert [row.right for row in OpenRequest.objects.order_by("pk")] == [True, False]


def test_a_supplier_without_the_page_has_none(client, home):
    Supplier.objects.update(cabinet=load_preset("tmesbyt").preset.cabinet)
    assert client.get(OPEN).status_code == 404
    assert prove(client).status_code == 404
    assert "open/readings" not in client.get("/demo/").content.decode()


def test_proofs_of_acceptance_of_the_cabinet_do_not_open_here(client, home):
    _, registers = home
    answer = send(client, mark_in(prove(client)), cold(registers, "128"))
    MeterReading.objects.update(source=int(ReadingSource.CABINET))
    assert client.get(answer["Location"]).status_code == 404
