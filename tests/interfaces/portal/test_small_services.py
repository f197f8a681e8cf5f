"""Small things people look for: a copy by mail, a replaced reading, the journal, the keypad."""

import time_machine

from abonent.domain.accounts.models import Customer, CustomerAccount
from abonent.domain.identity.models import User
from abonent.domain.messaging.models import Message
from abonent.domain.metering.models import Meter, Register
from abonent.domain.metering.rules import ReadingSource
from bills import NUMBER
from cabinets import stranger
from flat import COLD, HOME, NOVEMBER_23, READINGS, micro, read
from seen import body, hidden, words
from sheets import NOVEMBER, check, confirm, usual

PAY = f"{HOME}payments/"


# The copy of the proof


def test_the_proof_goes_by_mail_to_whoever_asks_for_it(owner, registers):
    page = check(owner, usual(registers))
    assert "Прислать копию на owner@example.ru" in words(page)
    assert " checked" not in page.content.decode(), "nobody is written to unasked"
    proof = owner.post(READINGS, hidden(page) | {"copy": "yes"}).url
    letter = Message.objects.get(kind="readings_accepted")
    assert letter.recipient == "owner@example.ru"
    number = words(owner.get(proof)).split("Номер ")[1].split(" Принято")[0]
    text = letter.body.replace("\u00a0", " ")
    assert number in text
    assert "Электричество, ночь, счётчик № 10475512: 6 189 кВт·ч" in text
    assert "Холодная вода, счётчик № 22510043: 128,400 м³" in text
    owner.post(READINGS, hidden(page) | {"copy": "yes"})
    assert Message.objects.count() == 1, "once, however often it is pressed"


def test_without_the_tick_nothing_is_sent_and_without_a_mailbox_nothing_offered(owner, registers):
    confirm(owner, usual(registers))
    assert not Message.objects.filter(kind="readings_accepted").exists()
    User.objects.get().emailaddress_set.all().delete()
    assert "Прислать копию" not in words(check(owner, usual(registers, cold="129")))


def test_the_wish_for_a_copy_outlives_a_question(owner, registers):
    page = check(owner, usual(registers, hot="102,512"))
    asked = owner.post(READINGS, hidden(page) | {"copy": "yes"}, follow=True)
    assert 'name="copy" value="yes" id="copy" checked' in asked.content.decode()


# What replaced it


def test_a_proof_says_what_its_reading_was_replaced_by(owner, registers):
    first = confirm(owner, usual(registers)).url
    assert "заменено" not in words(owner.get(first))
    with time_machine.travel(NOVEMBER_23.replace(day=24), tick=False):
        second = confirm(owner, usual(registers, cold="128,9") | {"key": "a" * 32}).url
        page = words(owner.get(first))
        assert page.count("заменено показанием от 24 ноября (личный кабинет)") == 3
        assert "заменено" not in words(owner.get(second))
    read(registers[COLD, "single"], NOVEMBER, "128.95", day=25, source=ReadingSource.CONTROL)
    page = words(owner.get(second))
    assert page.count("заменено показанием от 25 ноября") == 1


def test_a_reading_replaced_on_the_same_day_says_so(owner, registers):
    first = confirm(owner, usual(registers)).url
    confirm(owner, usual(registers, cold="128,9") | {"key": "a" * 32})
    assert "заменено показанием от 23 ноября, более поздним" in words(owner.get(first))


# The journal


def test_the_journal_lists_readings_payments_and_bills(owner, registers, bank):
    confirm(owner, usual(registers))
    form = {"key": "0" * 32, f"sum-{NUMBER}": "100"}
    owner.post(PAY, hidden(owner.post(f"{PAY}preview/", form, follow=True)))
    page = words(owner.get("/demo/profile/journal/"))
    assert "Переданы показания №" in page
    assert "Начата оплата 100,00 ₽" in page
    assert page.index("Начата оплата") < page.index("Переданы показания"), "the newest first"
    assert "Переданы показания" not in words(stranger().get("/demo/profile/journal/"))


# The keypad


def test_a_telephone_shows_digits_where_the_numbers_are_digits(owner, home):
    where = "/demo/accounts/link/"
    assert 'inputmode="numeric"' in owner.get(where).content.decode()
    CustomerAccount.objects.create(
        supplier_id=home[0].supplier_id, customer=Customer.objects.first(), number="66-АБ",
        kind="household",
    )  # fmt: skip
    assert 'inputmode="numeric"' not in owner.get(where).content.decode()


# Organisations


def test_an_organisation_is_named_with_its_numbers(owner):
    assert "ИНН 66" not in body(owner.get(HOME))
    CustomerAccount.objects.update(kind="organisation")
    Customer.objects.update(full_name="ООО «Ромашка»", inn="6671000017", kpp="667101001")
    for address in (HOME, f"{HOME}charges/2026-10/", f"{HOME}about/"):
        page = words(owner.get(address))
        assert "ООО «Ромашка», ИНН 6671000017, КПП 667101001" in page, address


def test_several_meters_of_a_service_each_show_their_cost(owner, home, registers):
    old = Meter.objects.get(serial=COLD)
    second = Meter.objects.create(
        supplier_id=old.supplier_id, account_id=old.account_id, service_id=old.service_id,
        serial="Z-2", int_digits=5, frac_digits=3,
    )  # fmt: skip
    other = Register.objects.create(
        supplier_id=old.supplier_id, account_id=old.account_id, meter=second, zone="single",
        initial=micro("10"),
    )  # fmt: skip
    typed = usual(registers) | {f"r{other.pk}": "12"}
    page = words(check(owner, typed))
    assert "Расход 2,500 м³ Цена × 48,31 ₽ Стоимость 120,78 ₽" in page
    assert "Расход 2,000 м³ Цена × 48,31 ₽ Стоимость 96,62 ₽" in page
    proof = words(owner.get(confirm(owner, typed).url))
    assert "2,500 м³ 120,78 ₽" in proof
    assert "2,000 м³ 96,62 ₽" in proof
