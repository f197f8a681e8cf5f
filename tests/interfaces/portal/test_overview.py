"""The first page of an account: one next step, a balance as a column, everything else below."""

import re
from datetime import date
from decimal import Decimal

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abonent.common.periods import Period
from abonent.domain.accounts.models import AccountAccess, CustomerAccount, House
from abonent.domain.ledger.rules import Reason
from abonent.domain.metering.models import Meter, Reading, Register
from abonent.domain.metering.rules import ReadingSource
from abonent.domain.payments.models import Payment
from bills import NUMBER, build_household, move
from cabinets import owner_of, stranger, waiting_for
from flat import HOME, LIGHT, NOVEMBER_5, NOVEMBER_23, NOVEMBER_26, SHOWN, read
from seen import body, keeps_the_policy, words

NOVEMBER = Period(2026, 11)


def all_read(registers):
    for key, values in SHOWN.items():
        read(registers[key], NOVEMBER, str(Decimal(values[-1]) + 3), day=20)


def came(household, amount, on, channel="bank", state="captured", **more):
    """Keep a payment as a bundle brings it."""
    return Payment.objects.create(
        uuid=f"00000000-0000-4000-8000-{Payment.objects.count():012d}",
        supplier_id=household.supplier_id, account_id=household.account_id, amount=amount,
        kind="payment", channel=channel, external_id=f"x{Payment.objects.count()}", state=state,
        created_at=NOVEMBER_5, state_since=NOVEMBER_5, happened_on=on, paid_on=on, **more,
    )  # fmt: skip


def test_readings_are_the_one_next_step_while_their_window_is_open(owner):
    answer = owner.get(HOME)
    page = words(answer)
    assert "Передайте показания до 25 ноября – осталось 2 дня" in page
    assert "Нужны четыре числа: холодная вода, электричество (день, ночь), горячая вода." in page
    assert answer.content.decode().count('class="button"') == 1
    assert '<ol class="window-days"' in answer.content.decode()


def test_several_meters_of_a_service_are_counted_not_repeated(owner):
    light = Meter.objects.get(serial=LIGHT)
    for number in ("A", "B"):
        meter = Meter.objects.create(
            supplier_id=light.supplier_id, account_id=light.account_id, serial=number,
            service_id=light.service_id, int_digits=5,
        )  # fmt: skip
        Register.objects.create(
            supplier_id=light.supplier_id, account_id=light.account_id, meter=meter, zone="single"
        )
    page = words(owner.get(HOME))
    assert "Нужно 6 чисел: холодная вода, электричество (3 счётчика), горячая вода." in page


def test_then_the_debt_with_its_sum_and_its_day(owner, registers):
    all_read(registers)
    page = words(owner.get(HOME))
    assert "Заплатите 5 198,26 ₽: срок прошёл 16 ноября" in page
    assert "Заплатить 5 198,26 ₽" in page
    with time_machine.travel(NOVEMBER_5, tick=False):
        assert "Заплатите 5 198,26 ₽ до 16 ноября – осталось 11 дней" in words(owner.get(HOME))


def test_then_nothing(owner, registers, home):
    all_read(registers)
    move(home[0], Reason.PAYMENT, -519_826, date(2026, 11, 12), "november")
    page = words(owner.get(HOME))
    assert "Сейчас ничего делать не нужно Всё оплачено. Показания за ноябрь приняты." in page
    assert 'class="button"' not in owner.get(HOME).content.decode()


def test_a_payment_under_way_is_not_to_be_paid_again(owner, registers, home):
    all_read(registers)
    came(home[0], 100_00, date(2026, 11, 23), state="unknown", asked={})
    page = words(owner.get(HOME))
    assert "Проверяем платёж, не платите второй раз" in page
    assert "Узнаём у банка, прошёл ли платёж на 100,00 ₽." in page


def test_the_balance_is_a_column(owner, home):
    move(home[0], Reason.PAYMENT, -300_000, date(2026, 11, 12), "november")
    came(home[0], 300_000, date(2026, 11, 12))
    page = body(owner.get(HOME))
    assert (
        "Осталось заплатить 2 198,26 ₽ Как сложился остаток Долг за прошлые месяцы 200,00 ₽ "
        "Начислено за октябрь 4 998,26 ₽ "
        "Заплачено 12 ноября − 3 000,00 ₽ Осталось 2 198,26 ₽"
    ) in page
    assert (
        "Срок был 16 ноября. Пеней не будет, если заплатить до 16 декабря включительно."
    ) in page
    assert "Последний платёж 3 000,00 ₽ , 12 ноября 2026, банк" in page


def test_an_overpayment_is_a_word_not_a_minus(owner, home):
    move(home[0], Reason.PAYMENT, -600_000, date(2026, 11, 12), "november")
    page = body(owner.get(HOME))
    assert "Переплата 801,74 ₽" in page
    assert "Она уменьшит следующий счёт." in page


def test_nothing_owed_is_told(owner, home):
    move(home[0], Reason.PAYMENT, -519_826, date(2026, 11, 12), "november")
    page = body(owner.get(HOME))
    assert "Всё оплачено" in page
    assert "Осталось 0,00 ₽" in page


def test_six_months_are_drawn_and_told_in_a_table(owner):
    answer = owner.get(HOME)
    page = body(answer)
    assert "октябрь 2026 4 998,26 1 000,00 сентябрь 2026 823,08 0,00" in page
    assert "Всего 5 821,34 1 000,00" in page
    assert (
        "Начислено с сентября по октябрь 2026 года: больше всего в октябре, 4 998,26 ₽, "
        "в октябре – 4 998,26 ₽"
    ) in page
    assert answer.content.decode().count("<rect") == 3


def test_meters_show_what_they_showed_and_how_long_they_are_verified(owner, registers):
    Meter.objects.filter(serial=LIGHT).update(verified_until=date(2026, 11, 1))
    page = body(owner.get(HOME))
    assert "День 14327 14327 Ночь 06178 06178" in page
    assert "№ 10475512. Показание от 23 октября 2026, личный кабинет." in page
    assert "Поверка закончилась 1 ноября 2026: поверьте или замените счётчик" in page
    assert "Поверка до 14 мая 2029" in page


def test_the_tariff_plan_the_inspection_and_the_deadlines(owner, registers):
    read(registers[LIGHT, "day"], Period(2026, 8), "14050", day=11, source=ReadingSource.CONTROL)
    page = body(owner.get(HOME))
    assert "Действует с 1 января 2026" in page
    assert "Электричество, день 4,93 ₽ за кВт·ч" in page
    assert "Горячая вода, вода 48,31 ₽ за м³ Горячая вода, подогрев 2 350,12 ₽ за Гкал" in page
    assert "Контролёр был 11 августа 2026" in page
    assert "Показания с 15 по 25 ноября" in page
    assert "Оплата срок был 16 ноября 2026" in page
    assert "Ближайшая поверка до 14 мая 2029, холодная вода" in page


def test_the_flat_and_the_house(owner):
    House.objects.update(
        area_total="4789.1", area_common="612", management="company", heating_scheme="season",
        heating_months="10-05", has_heat_meter=True,
    )  # fmt: skip
    page = body(owner.get(HOME))
    assert "Площадь помещения 54,3 м² Живут 3 человека Площадь дома 4 789,1 м²" in page
    assert "Управление управляющая компания или товарищество" in page
    assert "Отопление платят в месяцы, когда топят: с октября по май" in page
    assert "Общий счётчик тепла есть" in page


def test_an_account_without_anything_still_says_something(db):
    with time_machine.travel(NOVEMBER_23, tick=False):
        household = build_household()
        Meter.objects.update(removed_on=date(2026, 1, 1))
        page = words(owner_of(household).get(HOME))
    assert "Сейчас ничего делать не нужно" in page
    assert "Счетов ещё нет" in page
    assert "Счётчиков на счёте нет" in page


def test_the_persons_own_name_stands_above_and_the_address_below(owner):
    AccountAccess.objects.update(alias="Мама")
    answer = owner.get(HOME)
    assert "<h1>Мама</h1>" in answer.content.decode()
    assert f"г. Тюмень, ул. Примерная, д. 1, кв. 15. Лицевой счёт {NUMBER}" in words(answer)


def test_after_the_window_readings_are_no_longer_pressed_for(owner):
    with time_machine.travel(NOVEMBER_26, tick=False):
        page = words(owner.get(HOME))
    assert "Передайте показания" not in page
    assert "Показания с 15 по 25 декабря" in page


def test_a_waiting_link_learns_when_it_opens_and_nothing_else(home):
    answer = waiting_for(home[0]).get(HOME)
    page = words(answer)
    assert "Счёт откроется 25 ноября 2026, 19:42." in page
    assert "Передавать показания и платить можно уже сейчас" in page
    for secret in ("5 198", "4 998", "14327", "Примерная", "Иванов И", "54,3"):
        assert secret not in body(answer)


def test_strangers_and_people_outside_find_nothing(home, client):
    assert stranger().get(HOME).status_code == 404
    assert client.get(HOME).status_code == 302


def test_the_page_keeps_to_the_policy_and_a_constant_number_of_statements(
    owner, home, django_assert_max_num_queries
):
    assert keeps_the_policy(owner.get(HOME))
    with django_assert_max_num_queries(26):
        owner.get(HOME)
    for day in range(1, 21):
        came(home[0], 100 * day, date(2026, 10, day))
    with django_assert_max_num_queries(26):
        page = owner.get(HOME).content.decode()
    assert re.search(r"<h1>", page)


def test_what_the_month_will_cost_is_told_where_meters_have_a_past(owner):
    page = words(owner.get(HOME))
    assert re.search(r"Ожидаем за ноябрь около \d[\d ]* ₽", page)
    assert f'href="{HOME}charges/#forecast"' in owner.get(HOME).content.decode()
    # A meter that was never read tells nothing of its usual month.
    Reading.objects.all().delete()
    assert "Ожидаем" not in words(owner.get(HOME))


def test_the_balance_is_told_service_by_service(owner, home):
    page = words(owner.get(HOME))
    column = re.search(r"Остаток по услугам.*?Осталось [\d ,]+₽", page)[0]
    sums = [kopecks(text) for text in re.findall(r"(−? ?[\d ]+,\d\d) ₽", column)]
    assert sum(sums[:-1]) == sums[-1], "the parts make up the whole"
    assert len(sums) == 5, "four services and the whole"
    assert "Электричество 943,38 ₽" in column
    move(home[0], Reason.PAYMENT, -100_000, date(2026, 11, 20), "undivided")
    assert "по услугам − 1 000,00 ₽" in words(owner.get(HOME))


def kopecks(text: str) -> int:
    return int(re.sub(r"[^\d−]", "", text).replace("−", "-"))


def test_twenty_accounts_need_no_more_statements_than_one(owner, home):
    household, user = home[0], AccountAccess.objects.get()
    statements(owner)
    alone = statements(owner)
    mother = CustomerAccount.objects.get(pk=household.account_id)
    for place in range(19):
        other = CustomerAccount.objects.create(
            supplier_id=household.supplier_id, customer=mother.customer, house=mother.house,
            number=f"77000{place:02d}", kind="household", flat=str(place),
        )  # fmt: skip
        AccountAccess.objects.create(
            supplier_id=household.supplier_id, account=other, user_id=user.user_id,
            role=user.role, state=user.state, evidence=user.evidence,
            asked_at=user.asked_at, opens_at=user.opens_at, alias=f"Счёт {place}",
        )  # fmt: skip
    assert statements(owner) == alone
    assert "Ещё 16" in words(owner.get(HOME))


def statements(owner) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert owner.get(HOME).status_code == 200
    return len(queries)
