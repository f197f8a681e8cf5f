"""Sample data for the gallery of styles: invented people, plausible numbers."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms

from abonent.common.periods import Period
from abonent.interfaces.design.chart import Bar
from abonent.interfaces.design.errors import error_links
from abonent.interfaces.design.fields import (
    AccountNumberField,
    CodeField,
    PageForm,
    PhoneField,
    ReadingField,
    SumField,
)
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.long_work import LongWork, TrackStep
from abonent.interfaces.design.months import Span, SpanForm

TODAY = date(2026, 11, 23)
YEAR = Span(Period(2025, 12), Period(2026, 11))

FRAME = Frame(
    supplier_name="Свердловэнергосбыт",
    supplier_code="sample",
    hotline="8 (343) 000-00-00",
    hotline_hours="круглосуточно",
    sections=(
        NavItem("Образцы", "#main", current=True),
        NavItem("Действия и поля", "#actions"),
        NavItem("Табло", "#dials"),
        NavItem("Столбики и счёт", "#sums"),
        NavItem("Таблицы и график", "#tables"),
        NavItem("Состояния и ход дела", "#states"),
    ),
    accounts=(
        NavItem("Моя квартира", "#main", current=True, hint="Малышева, 84, кв. 12"),
        NavItem("Мамина квартира", "#main", hint="Бебеля, 130, кв. 47"),
    ),
    person_name="Ирина Соколова",
    profile_url="#main",
    sign_out_url="#main",
    is_demo=True,
    home_url="#main",
    imprint=(
        NavItem("Размер и контраст", "#main"),
        NavItem("Доступность", "#main"),
        NavItem("Личные данные", "#main"),
    ),
)


class SampleForm(PageForm):
    """One field of each kind."""

    account = AccountNumberField(digits=10, help_text="10 цифр, пробелы не важны")
    phone = PhoneField(label="Телефон", help_text="Можно с восьмёркой и со скобками")
    amount = SumField(label="Сумма, ₽", help_text="Можно изменить, не меньше 50 ₽", minimum=5000)
    code = CodeField(label="Код из сообщения")
    topic = forms.ChoiceField(
        label="О чём пишете", choices=[("", "Выберите"), ("bill", "Счёт"), ("meter", "Счётчик")]
    )
    text = forms.CharField(label="Вопрос", widget=forms.Textarea(attrs={"rows": 4}))
    photo = forms.FileField(label="Фото счётчика", help_text="До 10 МБ", required=False)
    way = forms.ChoiceField(
        label="Как оплатить",
        choices=[("sbp", "СБП по QR-коду"), ("card", "Банковская карта")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="Согласен получать счёт по почте")


class SampleReadings(PageForm):
    """The registers of one flat, and two of a kind that is rare."""

    day = ReadingField(label="День", spoken="электричество, день", int_digits=5, frac_digits=0)
    night = ReadingField(label="Ночь", spoken="электричество, ночь", int_digits=5, frac_digits=0)
    cold = ReadingField(
        label="Холодная вода", spoken="холодная вода, кубометры", int_digits=5, frac_digits=3
    )
    heat = ReadingField(
        label="Тепло", spoken="тепло, гигакалории", int_digits=8, frac_digits=3,
        fraction_name="доли", required=False,
    )  # fmt: skip
    old = ReadingField(label="Старый", int_digits=4, frac_digits=1, required=False)


def sample_bars(count: int, *, beside: bool) -> list[Bar]:
    """Return the last ``count`` months of an invented year, with the year before beside."""
    names = ("дек", "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя")
    sums = (4980, 5120, 4874, 4410, 3760, 2912, 1764, 1703, 1840, 2185, 4285, 4640)
    picked = list(zip(names, sums, strict=True))[-count:]
    return [
        Bar(
            label=name,
            value=Decimal(value),
            shown=f"{value // 1000}\u00a0{value % 1000:03d}",
            current=place == len(picked) - 1,
            before=Decimal(value + 150 - place * 40) if beside else None,
            before_exact=f"{value + 150 - place * 40},00\u00a0₽",
        )
        for place, (name, value) in enumerate(picked)
    ]


def sample_context() -> dict[str, object]:
    """Return everything the gallery's templates show."""
    wrong = SampleForm({"account": "4012 73О 518", "phone": "900", "amount": "10", "code": "4071"})
    wrong_readings = SampleReadings(
        {"day": "14331", "night": "ОО122", "cold": "00122", "cold-litres": "73"}
    )
    return {
        "frame": FRAME,
        "page_form": SampleForm(
            initial={"account": "4012 730 518", "amount": 128_493, "phone": "8 912 000-41-17"},
            prefix="fine",
        ),
        "wrong_form": wrong,
        "wrong_links": error_links(wrong, wrong_readings),
        "readings": SampleReadings(
            initial={"day": Decimal(14331), "cold": Decimal("122.730")}, prefix="fine"
        ),
        "wrong_readings": wrong_readings,
        "was_day": Decimal(14207),
        "was_night": Decimal(6118),
        "was_cold": Decimal("118.250"),
        "was_heat": Decimal("10245.5"),
        "used_day": Decimal(124),
        "used_cold": Decimal("4.480"),
        "price_day": Decimal("7.28"),
        "price_cold": Decimal("52.36"),
        "cost_day": 90_272,
        "hints": {"sbp": "Из приложения любого банка", "card": "Номер введёте на странице банка"},
        "first_day": date(2026, 11, 15),
        "last_day": date(2026, 11, 25),
        "today": TODAY,
        "moment": datetime(2026, 11, 23, 19, 42, tzinfo=ZoneInfo("Europe/Moscow")),
        "span_form": SpanForm(None, first=YEAR.since, usual=YEAR),
        "six": sample_bars(6, beside=False),
        "twelve": sample_bars(12, beside=True),
        "queue": [
            NavItem(
                "Сомнительное показание", "#states", current=True,
                hint="Бебеля, 91, кв. 6, холодная вода. Сегодня до 16:20",
            ),
            NavItem("Неверный адрес", "#states", hint="4012 655 911. До 25 ноября"),
        ],
        "work": LongWork(
            title="Готовим акт сверки",
            doing="Сверяем платежи: 214 из 391",
            done=214,
            total=391,
            promise="Обычно до минуты. Страницу можно закрыть: пришлём письмо.",
            steps=(
                TrackStep("14:06", "Собрали начисления, 200 счетов", "done"),
                TrackStep("сейчас", "Сверяем платежи", "current"),
                TrackStep("потом", "Собираем PDF и XLSX, подписываем"),
            ),
            page_url="#states",
            back_url="#main",
            back_text="Вернуться к документам",
        ),
    }  # fmt: skip
