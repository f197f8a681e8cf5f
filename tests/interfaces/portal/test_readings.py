"""Typing and checking readings: every fault in its exact words."""

import re
from datetime import date

import pytest
import time_machine

from abonent.domain.metering.models import Meter, MeterReading, Reading
from abonent.domain.metering.rules import ReadingQuality
from bills import OCTOBER
from flat import (
    COLD,
    HOT,
    LIGHT,
    NOVEMBER_5,
    NOVEMBER_23,
    NOVEMBER_26,
    READINGS,
    growing,
    policy,
    read,
)
from seen import box, hidden, words
from sheets import DECEMBER, NOVEMBER, check, confirm, fields, refused, scale_error, usual

# The sheet


def test_the_sheet_asks_for_the_current_value_alone(owner, registers):
    page = words(owner.get(READINGS))
    assert "Передать показания" in page
    assert "Приём за ноябрь до 25 ноября – осталось 2 дня." in page
    assert page.count("Было 23 октября") == 4
    assert "День, с 7 до 23 часов" in page
    assert "Счётчик № 10475512" in page
    inputs = re.findall(
        r'<input name="r\d+"[^>]*value="([^"]*)"', owner.get(READINGS).content.decode()
    )
    assert inputs == [""] * 4
    assert growing()


def test_each_page_has_a_key_of_its_own(owner):
    keys = {
        re.search(r'name="key" value="([0-9a-f]{32})"', owner.get(READINGS).content.decode())[1]
        for _ in range(2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (
            NOVEMBER_5,
            (
                "Показания за ноябрь принимаем с 15 по 25 ноября. "
                "Можно передать и сейчас: учтём их за ноябрь."
            ),
        ),
        (NOVEMBER_23.replace(day=24), "Приём за ноябрь до 25 ноября – остался 1 день."),
        (NOVEMBER_23.replace(day=25), "Приём за ноябрь до 25 ноября – сегодня последний день."),
        (
            NOVEMBER_26,
            (
                "Приём за ноябрь закончился 25 ноября. Показания примем и сейчас, "
                "но учтём уже за декабрь."
            ),
        ),
    ],
)
def test_the_window_is_told_before_within_and_after(owner, moment, said):
    with time_machine.travel(moment, tick=False):
        assert said in words(owner.get(READINGS))


def test_services_with_other_windows_tell_them_each(owner, home):
    policy(home[0], "window_to_day", "24", service="cold")
    page = words(owner.get(READINGS))
    assert "Счётчик № 22510043. Приём за ноябрь до 24 ноября – остался 1 день." in page
    assert "Приём за ноябрь до 25 ноября – осталось 2 дня." in page


def test_the_day_is_that_of_the_suppliers_place(owner):
    # Half past eight in the evening of the 25th in London is the 26th in Yekaterinburg.
    with time_machine.travel(NOVEMBER_23.replace(day=25, hour=20, minute=30), tick=False):
        assert "учтём уже за декабрь" in words(owner.get(READINGS))


def test_without_meters_there_is_nothing_to_send(owner):
    Meter.objects.update(removed_on=date(2026, 10, 31))
    assert "Счётчиков на этом счёте нет" in words(owner.get(READINGS))


def test_a_meter_behind_transformers_says_by_what_it_is_multiplied(owner, registers):
    Meter.objects.filter(serial=COLD).update(ratio=20)
    assert "Расход умножаем на 20, коэффициент трансформации." in words(owner.get(READINGS))
    page = words(check(owner, fields(registers, cold="126.9")))
    assert "Расход 1,000 м³ Коэффициент × 20 Объём 20 м³ Цена × 48,31 ₽ Стоимость 966,20 ₽" in page


# The check


def test_the_check_counts_as_the_bill_will(owner, registers):
    page = words(check(owner, usual(registers, hot="92,512")))
    assert (
        "Сейчас 14 331 Было 23 октября − 14 327 Расход 4 кВт·ч Цена × 4,93 ₽ Стоимость 19,72 ₽"
        in page
    )
    assert "Расход 11 кВт·ч Цена × 2,96 ₽ Стоимость 32,56 ₽" in page
    assert "Расход 2,500 м³ Цена × 48,31 ₽ Стоимость 120,78 ₽" in page
    assert "Расход 2,900 м³ Стоимость 561,29 ₽" in page
    assert "Вместе 734,35 ₽" in page
    assert "Всего за ноябрь 2026 по этим счётчикам" in page
    assert MeterReading.objects.count() == 0


def test_some_meters_may_be_left_for_later(owner, registers):
    page = words(check(owner, fields(registers, cold="128.4")))
    assert "Холодная вода" in page
    assert "Вместе 120,78 ₽" in page
    assert "Электричество" not in page.split("Проверьте показания")[-1]


def test_nothing_typed_is_told(owner, registers):
    answer = refused(owner, fields(registers))
    assert box(answer) == ["Впишите хотя бы одно показание."]


def test_a_smaller_reading_names_the_last_one_and_the_remedy(owner, registers):
    answer = refused(owner, usual(registers, night="1689"))
    assert scale_error(answer, registers, (LIGHT, "night")) == (
        "Показание меньше прошлого (6178). Проверьте цифры; "
        "если счётчик меняли, сообщите нам об этом"
    )
    assert box(answer) == ["Электричество, ночь: показание меньше прошлого (6178)"]
    page = answer.content.decode()
    assert "<title>Ошибка: Передать показания" in page
    assert 'value="1689"' in page
    assert 'value="14331"' in page, "what was typed stays"
    assert f'href="#id_r{registers[LIGHT, "night"].pk}"' in page


def test_a_reading_larger_than_the_dial_is_told(owner, registers):
    answer = refused(owner, usual(registers, day="143310"))
    assert scale_error(answer, registers, (LIGHT, "day")) == (
        "Чёрных цифр на счётчике 5, а введено 6. Проверьте, нет ли лишней"
    )


def test_letters_are_told_and_so_are_letters_like_zero(owner, registers):
    answer = refused(owner, usual(registers, day="ОО143", cold="12a"))
    assert scale_error(answer, registers, (LIGHT, "day")) == (
        "Здесь буквы «О» вместо нулей. Введите цифры"
    )
    assert scale_error(answer, registers, (COLD, "single")) == (
        "Здесь не только цифры. Введите цифры со счётчика"
    )


def test_a_missing_zone_is_asked_for(owner, registers):
    answer = refused(owner, fields(registers, day="14331"))
    assert scale_error(answer, registers, (LIGHT, "night")) == (
        "Впишите и показание «Ночь»: зоны передают вместе"
    )


def test_a_late_reading_says_that_it_counts_for_the_next_month(owner, registers):
    with time_machine.travel(NOVEMBER_26, tick=False):
        page = words(check(owner, usual(registers)))
        assert (
            "Приём за ноябрь закончился 25 ноября. Показания примем и сейчас, "
            "но учтём уже за декабрь."
        ) in page
        assert "Всего за декабрь 2026" in page
        proof = owner.get(confirm(owner, usual(registers)).url)
        assert "Учтём за декабрь 2026" in words(proof)
    assert {row.period for row in Reading.objects.filter(submission_id__isnull=False)} == {
        DECEMBER.first_day
    }


def test_the_month_that_changed_between_check_and_confirmation_is_told(owner, registers):
    with time_machine.travel(NOVEMBER_23.replace(day=25), tick=False):
        form = hidden(check(owner, usual(registers)))
    with time_machine.travel(NOVEMBER_26, tick=False):
        answer = owner.post(READINGS, form, follow=True)
        assert box(answer) == [
            (
                "Пока вы проверяли, приём за ноябрь закончился: показания учтём уже за декабрь. "
                "Если согласны, подтвердите ещё раз."
            )
        ]
        assert not MeterReading.objects.exists()
        assert owner.post(READINGS, hidden(answer)).status_code == 302
    assert MeterReading.objects.get().period == DECEMBER.first_day


def test_a_dial_that_began_anew_is_a_question(owner, registers):
    Meter.objects.filter(serial=LIGHT).update(int_digits=4)
    read(registers[LIGHT, "day"], OCTOBER, "9993", day=24)
    form = usual(registers, day="0007")
    answer = check(owner, form)
    page = words(answer)
    assert "Электричество, день: счётчик прошёл через ноль и начал сначала. Всё верно?" in page
    assert "Было 9 993, стало 7: расход 14 кВт·ч." in page
    assert (
        "Счётчик прошёл через ноль + 10 000 Расход 14 кВт·ч Цена × 4,93 ₽ Стоимость 69,02 ₽" in page
    )
    assert "Примем, расход посчитаем через ноль" in page
    assert " checked" not in answer.content.decode(), "nothing is answered beforehand"
    sure = f"sure-{registers[LIGHT, 'day'].pk}"
    unanswered = owner.post(READINGS, hidden(answer), follow=True)
    assert box(unanswered) == ["Электричество, день: ответьте, верно ли показание"]
    assert confirm(owner, form, **{sure: "yes"}).status_code == 302
    taken = Reading.objects.get(register_id=registers[LIGHT, "day"].pk, period=NOVEMBER.first_day)
    assert (taken.value, taken.quality) == (7_000_000, ReadingQuality.ACCEPTED)


# Strange values


def test_a_strange_value_is_a_question_with_a_likely_cause(owner, registers):
    page = words(check(owner, usual(registers, hot="102,512")))
    assert "Горячая вода: расход вчетверо больше обычного. Всё верно?" in page
    assert (
        "Обычно около 3,1 м³ в месяц, а сейчас 12,900 м³. Так бывает: гости, ремонт, протечка. "
        "А бывает, что цифры поменялись местами."
    ) in page
    assert "Нет, исправлю" in page
    assert "Да, всё верно" in page


def test_a_cause_fits_its_service_and_the_meter_behind_transformers(owner, registers):
    Meter.objects.filter(register=registers[LIGHT, "day"]).update(ratio=10)
    page = words(check(owner, usual(registers, day="24327")))
    assert "новая техника, ремонт, обогреватель" in page
    assert "протечка" not in page
    assert "а сейчас 100 000 кВт·ч" in page


def test_no_leads_back_with_everything_kept(owner, registers):
    sure = f"sure-{registers[HOT, 'single'].pk}"
    answer = owner.get(confirm(owner, usual(registers, hot="102,512"), **{sure: "no"}).url)
    page = answer.content.decode()
    assert "<h1>Передать показания</h1>" in page
    assert 'value="102,512"' in page
    assert 'value="14331"' in page
    assert not MeterReading.objects.exists()


def test_yes_takes_it_and_marks_it(owner, registers):
    sure = f"sure-{registers[HOT, 'single'].pk}"
    answer = confirm(owner, usual(registers, hot="102,512"), **{sure: "yes"})
    assert answer.status_code == 302
    taken = Reading.objects.get(register_id=registers[HOT, "single"].pk, period=NOVEMBER.first_day)
    assert taken.quality == ReadingQuality.DOUBTFUL
    assert "проверим" in words(owner.get(answer.url))


def test_going_back_to_mend_keeps_what_was_typed(owner, registers):
    answer = owner.get(confirm(owner, usual(registers), change="yes").url)
    assert 'id="errors"' not in answer.content.decode()
    assert 'value="128,4"' in answer.content.decode()
    assert not MeterReading.objects.exists()


# Whole numbers (C3)


@pytest.mark.parametrize(
    ("rule", "told", "said", "taken"),
    [
        (
            "truncate",
            "Берём только целые числа: цифры после запятой отбрасываем, они войдут в следующий месяц.",
            "Холодная вода: вы ввели 128,7, возьмём 128 – цифры после запятой отбрасываем.",
            128_000_000,
        ),
        (
            "ceil",
            "Берём только целые числа: неполное округляем вверх.",
            "Холодная вода: вы ввели 128,7, возьмём 129 – неполное округляем вверх.",
            129_000_000,
        ),
    ],
)
def test_whole_numbers_are_taken_and_it_is_told(home, owner, registers, rule, told, said, taken):
    policy(home[0], "fraction_policy", rule, service="cold")
    sheet = owner.get(READINGS)
    assert told in words(sheet)
    assert f'name="r{registers[COLD, "single"].pk}-litres"' not in sheet.content.decode()
    form = fields(registers, cold="128,7")
    assert said in words(check(owner, form))
    assert confirm(owner, form).status_code == 302
    row = Reading.objects.get(register_id=registers[COLD, "single"].pk, period=NOVEMBER.first_day)
    assert row.value == taken
