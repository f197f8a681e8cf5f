"""Confirmed readings: once and only once, by those who may, with a proof."""

import re

import time_machine

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.rules import AccessRole
from abonent.domain.metering.models import MeterReading
from abonent.domain.metering.rules import ReadingSource
from cabinets import stranger, waiting_for
from flat import (
    HOT,
    LIGHT,
    NOVEMBER_23,
    PREVIEW,
    READINGS,
    read,
)
from seen import box, hidden, keeps_the_policy, words
from sheets import KEY, NOVEMBER, check, confirm, refused, usual

# Once and only once


def test_the_proof_names_number_code_time_and_what_comes_next(owner, registers):
    answer = confirm(owner, usual(registers))
    row = MeterReading.objects.get()
    assert answer.url == f"{READINGS}{row.pk}/"
    page = words(owner.get(answer.url))
    assert f"Номер {row.number}".replace("\u00a0", " ") in page
    assert f"Код подтверждения {row.code}" in page
    assert "23 ноября 2026, 19:42 по Екатеринбургу, личный кабинет" in page
    assert "Электричество, день 14 331 4 кВт·ч 19,72 ₽" in page
    assert "Холодная вода 128,400 2,500 м³ 120,78 ₽" in page
    assert "Вместе 173,06 ₽" in page
    assert "До 25 ноября Нашли ошибку – передайте показания ещё раз, учтём последние." in page
    assert "В начале декабря Придёт счёт за ноябрь." in page
    assert "Осталось" not in page
    assert "По счёту осталось заплатить 5 198,26 ₽." in page
    assert row.source == ReadingSource.CABINET


def test_pressed_twice_is_sent_once(owner, registers):
    form = hidden(check(owner, usual(registers)))
    first, second = (owner.post(READINGS, form) for _ in range(2))
    assert first.url == second.url
    assert MeterReading.objects.count() == 1


def test_back_and_refresh_are_the_same_submission(owner, registers):
    first = confirm(owner, usual(registers))
    # Back to the check, which the browser asks for again, and confirmed once more.
    again = confirm(owner, usual(registers))
    assert first.url == again.url
    assert MeterReading.objects.count() == 1


def test_back_and_another_value_is_a_correction(owner, registers):
    first = confirm(owner, usual(registers))
    mended = confirm(owner, usual(registers, cold="128,9"))
    assert first.url != mended.url
    assert MeterReading.objects.count() == 2
    sheet = words(owner.get(READINGS))
    assert "23 ноября уже передали 128,900. Новое показание заменит его." in sheet


def test_the_same_form_sent_on_another_day_is_refused_in_words(owner, registers):
    form = hidden(check(owner, usual(registers)))
    owner.post(READINGS, form)
    with time_machine.travel(NOVEMBER_23.replace(day=24), tick=False):
        answer = refused(owner, form, READINGS)
    assert box(answer) == [
        "Эти показания уже переданы. Чтобы исправить их, откройте страницу заново."
    ]
    assert MeterReading.objects.count() == 1
    assert KEY not in answer.content.decode(), "the page offers a new key"


def test_the_confirmation_judges_again(owner, registers):
    form = hidden(check(owner, usual(registers)))
    read(registers[LIGHT, "day"], NOVEMBER, "99000", source=ReadingSource.CONTROL)
    answer = refused(owner, form, READINGS)
    assert "Контролёр снял 99000" in words(answer)
    assert not MeterReading.objects.exists()


def test_a_key_that_is_not_ours_is_replaced(owner, registers):
    answer = check(owner, usual(registers) | {"key": "<script>"})
    assert re.fullmatch(r"[0-9a-f]{32}", hidden(answer)["key"])


# Who may


def test_strangers_find_nothing(owner, home, registers):
    proof = confirm(owner, usual(registers)).url
    outsider = stranger()
    for address in (READINGS, PREVIEW, proof):
        assert outsider.get(address).status_code == 404
    assert outsider.post(PREVIEW, usual(registers)).status_code == 404
    assert outsider.post(READINGS, usual(registers)).status_code == 404
    assert MeterReading.objects.count() == 1


def test_a_proof_of_another_account_is_not_found(owner, registers):
    proof = confirm(owner, usual(registers)).url
    wrong = proof[:-2] + ("0" if proof[-2] != "0" else "1") + "/"
    assert owner.get(wrong).status_code == 404


def test_a_reader_sees_and_does_not_send(owner, home, registers):
    AccountAccess.objects.update(role=AccessRole.READER)
    assert "Счёт открыт вам только для просмотра" in words(owner.get(READINGS))
    assert owner.post(PREVIEW, usual(registers)).url == READINGS
    assert owner.post(READINGS, usual(registers)).url == READINGS
    assert not MeterReading.objects.exists()


def test_a_waiting_link_sends_without_seeing_the_past(home, registers):
    newcomer = waiting_for(home[0])
    sheet = words(newcomer.get(READINGS))
    assert "Было" not in sheet
    assert "14327" not in sheet
    answer = check(newcomer, usual(registers, hot="102,512"))
    page = words(answer)
    assert "Горячая вода: показание необычное. Всё верно?" in page
    for secret in ("Обычно", "Расход", "₽", "14 327"):
        assert secret not in page.split("Проверьте показания")[-1]
    smaller = refused(newcomer, usual(registers, night="1689"))
    assert "6178" not in words(smaller)
    assert "Такое показание принять нельзя." in words(smaller)
    sure = f"sure-{registers[HOT, 'single'].pk}"
    proof = newcomer.post(READINGS, hidden(answer) | {sure: "yes"}).url
    page = words(newcomer.get(proof))
    assert "102,512" in page
    assert "12,900" not in page
    assert "₽" not in page.split("Показания приняты")[-1]


def test_a_waiting_link_does_not_see_what_others_sent(home, owner, registers):
    proof = confirm(owner, usual(registers)).url
    assert waiting_for(home[0]).get(proof).status_code == 404


def test_the_pages_keep_to_the_content_security_policy(owner, registers):
    assert keeps_the_policy(owner.get(READINGS))
    assert keeps_the_policy(check(owner, usual(registers)))
