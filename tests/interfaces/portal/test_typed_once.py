"""Typed once, never lost: check pages are read again, tabs do not mix, others see nothing."""

from datetime import timedelta

import time_machine

from abonent.domain.accounts.rules import AccessState
from abonent.domain.metering.models import MeterReading
from abonent.domain.payments.models import Payment
from bills import NUMBER
from cabinets import LONG_AGO, link, stranger
from flat import HOME, NOVEMBER_23, PREVIEW, READINGS
from seen import hidden, words
from sheets import KEY, check, confirm, fields, refused, usual

PAY = f"{HOME}payments/"


def where(answer) -> str:
    return answer.redirect_chain[-1][0]


def test_a_check_of_readings_is_read_again_and_writes_nothing(owner, registers):
    sent = check(owner, usual(registers))
    for _ in range(2):
        again = owner.get(where(sent))
        assert again.status_code == 200
        assert "Вместе 173,06 ₽" in words(again)
    assert not MeterReading.objects.exists()
    assert "14331" not in where(sent)


def test_wrong_readings_are_read_again_with_what_is_wrong(owner, registers):
    sent = refused(owner, usual(registers, night="1689"))
    again = owner.get(where(sent))
    assert "показание меньше прошлого (6178)" in words(again)
    assert 'value="1689"' in again.content.decode()


def test_two_tabs_keep_their_own(owner, registers):
    first = check(owner, usual(registers))
    second = check(owner, usual(registers, cold="129,4") | {"key": "a" * 32})
    assert "128,400" in words(owner.get(where(first)))
    assert "129,400" in words(owner.get(where(second)))


def test_back_to_an_empty_sheet_fills_in_what_was_typed(owner, registers):
    check(owner, usual(registers))
    sheet = owner.get(READINGS)
    assert 'value="128,4"' in sheet.content.decode()
    assert "Подставили то, что вы вписали в 19:42 и ещё не передали." in words(sheet)
    assert hidden(sheet)["key"] != KEY
    assert 'value="128,4"' not in owner.get(f"{READINGS}?empty=yes").content.decode()
    confirm(owner, usual(registers))
    assert 'value="128,4"' not in owner.get(READINGS).content.decode()


def test_an_hour_later_the_sheet_is_empty(owner, registers):
    check(owner, usual(registers))
    with time_machine.travel(NOVEMBER_23 + timedelta(hours=2), tick=False):
        assert 'value="128,4"' not in owner.get(READINGS).content.decode()


def test_nobody_reads_what_another_person_typed(owner, home, registers):
    sent = where(check(owner, usual(registers)))
    relative = stranger()
    assert relative.get(sent).status_code == 404
    link(relative, home[0], AccessState.ACTIVE, LONG_AGO)
    assert relative.get(sent).url == READINGS
    assert 'value="128,4"' not in relative.get(READINGS).content.decode()


def test_an_unanswered_question_is_asked_on_a_page_that_can_be_read_again(owner, registers):
    form = hidden(check(owner, usual(registers, hot="102,512")))
    asked = owner.post(READINGS, form, follow=True)
    assert where(asked).startswith(PREVIEW)
    for page in (asked, owner.get(where(asked))):
        assert "ответьте, верно ли показание" in words(page)
    # Checked anew, nothing has been asked yet.
    anew = check(owner, usual(registers, hot="102,512"))
    assert "ответьте, верно ли показание" not in words(anew)


def test_what_nobody_typed_leads_to_the_sheet(owner, registers):
    assert owner.get(f"{PREVIEW}{'0' * 8}-0000-4000-8000-{'0' * 12}/").url == READINGS
    owner.post(PREVIEW, fields(registers))
    assert "Подставили" not in words(owner.get(READINGS)), "nothing typed is nothing to fill in"


def test_a_check_of_a_payment_is_read_again_and_pays_nothing(owner, bank):
    sent = owner.post(f"{PAY}preview/", {"key": KEY, f"sum-{NUMBER}": "123,45"}, follow=True)
    for page in (sent, owner.get(where(sent))):
        assert "Заплатить 123,45 ₽" in words(page)
    assert not Payment.objects.exists()
    form = owner.get(PAY)
    assert f'name="sum-{NUMBER}" value="123,45"' in form.content.decode()
    assert "Подставили то, что вы ввели в 19:42 и ещё не оплатили." in words(form)
    owner.post(PAY, hidden(sent))
    assert Payment.objects.get().amount == 12_345
    assert f'name="sum-{NUMBER}" value="123,45"' not in owner.get(PAY).content.decode()
    assert "Заплатить 123,45 ₽" in words(owner.get(where(sent))), "Back shows it still"


def test_the_question_about_a_second_payment_is_read_again_and_ends_with_the_first(owner, bank):
    tabs = [{"key": key * 32, f"sum-{NUMBER}": "100"} for key in "ab"]
    carried = [hidden(owner.post(f"{PAY}preview/", tab, follow=True)) for tab in tabs]
    owner.post(PAY, carried[0])
    asked = owner.post(PAY, carried[1], follow=True)
    assert "Не платите второй раз" in words(owner.get(where(asked)))
    Payment.objects.update(state="expired")
    assert owner.get(where(asked)).url.startswith(f"{PAY}preview/")
