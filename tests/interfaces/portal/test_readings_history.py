"""The page of past readings and of what was used."""

import re

import time_machine

from abonent.common.periods import Period
from abonent.domain.metering.models import Reading
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from bills import OCTOBER
from cabinets import owner_of, stranger, waiting_for
from flat import COLD, HISTORY, LIGHT, NOVEMBER_23, READINGS, read
from seen import keeps_the_policy, words
from sheets import confirm, usual


def test_each_reading_has_its_source_state_and_use(owner, registers):
    read(registers[COLD, "single"], OCTOBER, "126.5", day=25, source=ReadingSource.PHONE)
    page = words(owner.get(HISTORY))
    assert "октябрь 2026 126,500 3,044 м³ 25 октября 2026, телефон Принято" in page
    assert "октябрь 2026 125,900 – 23 октября 2026, личный кабинет Заменено более новым" in page
    assert "октябрь 2026, день 14 327 120 кВт·ч" in page
    assert "Счётчик № 22510043" in page


def test_what_counts_stands_before_what_it_replaced_the_same_day(owner, registers):
    read(registers[COLD, "single"], OCTOBER, "126.5", day=23, source=ReadingSource.CONTROL)
    page = words(owner.get(HISTORY))
    assert page.index("октябрь 2026 126,500") < page.index("октябрь 2026 125,900")


def test_the_other_states_have_words(owner, registers):
    november = Period(2026, 11)
    read(registers[COLD, "single"], november, "228", quality=ReadingQuality.DOUBTFUL)
    read(registers[LIGHT, "day"], november, "99", quality=ReadingQuality.SET_ASIDE)
    page = words(owner.get(HISTORY))
    assert "Принято, проверим" in page
    assert "Отложено, не учитываем" in page


def test_months_that_one_reading_covers_are_told(home, registers):
    read(registers[COLD, "single"], Period(2027, 1), "130")
    with time_machine.travel(NOVEMBER_23.replace(year=2027, month=1), tick=False):
        assert "4,100 м³ за 3 месяца" in words(owner_of(home[0]).get(HISTORY))


def test_the_year_before_is_compared_in_words(owner, registers):
    for period, value in ((Period(2025, 9), "90"), (Period(2025, 10), "93.1")):
        read(registers[COLD, "single"], period, value)
    answer = owner.get(HISTORY)
    page = words(answer)
    assert "За октябрь 2026 – 2,444 м³, на 0,656 м³ меньше, чем год назад." in page
    assert "Серым – тот же месяц год назад." in page
    assert 'class="before"' in answer.content.decode()


def test_without_a_year_before_nothing_is_compared(owner):
    answer = owner.get(HISTORY)
    assert "год назад" not in words(answer)
    assert 'class="before"' not in answer.content.decode()
    assert answer.content.decode().count('<svg class="chart"') == 3


def test_a_sent_reading_leads_to_its_proof(owner, registers):
    proof = confirm(owner, usual(registers)).url
    assert f'href="{proof}"' in owner.get(HISTORY).content.decode()


def test_an_empty_history_says_what_to_do(owner):
    Reading.objects.all().delete()
    answer = owner.get(HISTORY)
    page = words(answer)
    assert "Показаний ещё нет" in page
    assert "Передать первое показание" in page
    assert f'href="{READINGS}"' in answer.content.decode()


def test_earlier_years_are_a_page_further(owner, registers):
    read(registers[COLD, "single"], Period(2025, 3), "70.5")
    page = owner.get(HISTORY).content.decode()
    earlier = re.search(r'href="([^"]+\?since=[\d-]+&amp;until=[\d-]+)" rel="prev"', page)
    assert earlier
    older = words(owner.get(earlier[1].replace("&amp;", "&")))
    assert "март 2025 70,500" in older
    assert "октябрь 2026 125,900" not in older


def test_a_wrong_month_in_the_address_shows_the_latest(owner):
    for text in ("2026-13", "x", "9999-01"):
        address = f"{HISTORY}?since={text}&until={text}"
        page = words(owner.get(address))
        assert "октябрь 2026 125,900" in page
        assert "Выберите месяц из списка" in page


def test_a_chosen_span_shows_its_months_alone_and_comes_as_a_file(owner, registers):
    read(registers[COLD, "single"], Period(2025, 9), "70.5")
    span = "since=2026-08&until=2026-09"
    page = words(owner.get(f"{HISTORY}?{span}"))
    assert "сентябрь 2026 123,456" in page
    assert "октябрь 2026 125,900" not in page
    answer = owner.get(f"{READINGS}history.csv?{span}")
    rows = answer.content.decode("utf-8-sig").split("\r\n")
    assert rows[0].startswith("Услуга;Счётчик;Зона;Месяц;Снято;Показание;Расход")
    assert (
        "Холодная вода;22510043;;2026-09;2026-09-23;123,456;2,2;м³;личный кабинет;Принято" in rows
    )
    assert not [row for row in rows if ";2026-10;" in row]


def test_months_in_the_wrong_order_are_told(owner):
    page = words(owner.get(f"{HISTORY}?since=2026-10&until=2026-08"))
    assert "Последний месяц раньше первого" in page
    assert "октябрь 2026 125,900" in page


def test_only_those_may_look_whose_account_it_is(owner, home):
    assert stranger().get(HISTORY).status_code == 404
    answer = waiting_for(home[0]).get(HISTORY)
    assert answer.status_code == 302
    assert answer.url.endswith("/about/")


def test_the_page_keeps_to_the_policy_and_a_constant_number_of_statements(
    owner, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        assert keeps_the_policy(owner.get(HISTORY))
