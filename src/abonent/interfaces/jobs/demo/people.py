"""Invented people and organisations with names that agree in gender."""

from dataclasses import dataclass
from random import Random

from abonent.interfaces.jobs.demo.dice import happens

# Surnames by gender; those that do not change stand twice.
_SURNAMES = (
    ("Абрамов", "Абрамова"), ("Агафонов", "Агафонова"), ("Бабушкин", "Бабушкина"),
    ("Белов", "Белова"), ("Бондаренко", "Бондаренко"), ("Быстров", "Быстрова"),
    ("Васнецов", "Васнецова"), ("Вишневский", "Вишневская"), ("Воронцов", "Воронцова"),
    ("Галкин", "Галкина"), ("Гончаренко", "Гончаренко"), ("Горбунов", "Горбунова"),
    ("Давыдов", "Давыдова"), ("Дубровин", "Дубровина"), ("Дятлов", "Дятлова"),
    ("Ермаков", "Ермакова"), ("Ершов", "Ершова"), ("Жданов", "Жданова"),
    ("Заболоцкий", "Заболоцкая"), ("Зимин", "Зимина"), ("Зуев", "Зуева"),
    ("Игнатов", "Игнатова"), ("Казанцев", "Казанцева"), ("Калинин", "Калинина"),
    ("Ковальчук", "Ковальчук"), ("Костин", "Костина"), ("Крылов", "Крылова"),
    ("Лаптев", "Лаптева"), ("Лебедев", "Лебедева"), ("Лисицын", "Лисицына"),
    ("Малышев", "Малышева"), ("Мельник", "Мельник"), ("Мухин", "Мухина"),
    ("Назаров", "Назарова"), ("Никитин", "Никитина"), ("Озеров", "Озерова"),
    ("Орлов", "Орлова"), ("Панин", "Панина"), ("Поляков", "Полякова"),
    ("Пономарёв", "Пономарёва"), ("Рогов", "Рогова"), ("Рыжов", "Рыжова"),
    ("Савченко", "Савченко"), ("Селезнёв", "Селезнёва"), ("Снегирёв", "Снегирёва"),
    ("Соболев", "Соболева"), ("Сорокин", "Сорокина"), ("Тарасов", "Тарасова"),
    ("Токарев", "Токарева"), ("Туманов", "Туманова"), ("Уваров", "Уварова"),
    ("Федотов", "Федотова"), ("Фомин", "Фомина"), ("Хохлов", "Хохлова"),
    ("Цветков", "Цветкова"), ("Чернышёв", "Чернышёва"), ("Шапошников", "Шапошникова"),
    ("Шевченко", "Шевченко"), ("Щербаков", "Щербакова"), ("Юдин", "Юдина"),
)  # fmt: skip
_MEN = (
    "Александр", "Алексей", "Андрей", "Антон", "Артём", "Вадим", "Валерий", "Виктор",
    "Владимир", "Глеб", "Денис", "Евгений", "Игорь", "Константин", "Максим", "Михаил",
    "Олег", "Павел", "Роман", "Сергей", "Тимур", "Фёдор", "Юрий", "Ярослав",
)  # fmt: skip
_WOMEN = (
    "Алина", "Алла", "Валентина", "Валерия", "Галина", "Дарья", "Евгения", "Екатерина",
    "Елена", "Ирина", "Кира", "Ксения", "Лариса", "Любовь", "Людмила", "Маргарита",
    "Марина", "Мария", "Надежда", "Наталья", "Оксана", "Ольга", "Полина", "Светлана",
    "София", "Татьяна", "Юлия", "Яна",
)  # fmt: skip
_FATHERS = (
    ("Александрович", "Александровна"), ("Алексеевич", "Алексеевна"),
    ("Анатольевич", "Анатольевна"), ("Андреевич", "Андреевна"), ("Борисович", "Борисовна"),
    ("Васильевич", "Васильевна"), ("Викторович", "Викторовна"),
    ("Владимирович", "Владимировна"), ("Геннадьевич", "Геннадьевна"),
    ("Григорьевич", "Григорьевна"), ("Дмитриевич", "Дмитриевна"), ("Иванович", "Ивановна"),
    ("Ильич", "Ильинична"), ("Константинович", "Константиновна"), ("Львович", "Львовна"),
    ("Михайлович", "Михайловна"), ("Николаевич", "Николаевна"), ("Олегович", "Олеговна"),
    ("Павлович", "Павловна"), ("Петрович", "Петровна"), ("Сергеевич", "Сергеевна"),
    ("Степанович", "Степановна"), ("Фёдорович", "Фёдоровна"), ("Юрьевич", "Юрьевна"),
)  # fmt: skip
_FIRMS = (
    "Ромашка", "Василёк", "Берёзка", "Кедр", "Рябинушка", "Подсолнух", "Клевер", "Одуванчик",
    "Тополь", "Ветерок", "Ласточка", "Журавль", "Синица", "Снегирь", "Аист", "Скворец",
    "Родник", "Радуга", "Заря", "Маяк", "Парус", "Якорь", "Компас", "Горизонт", "Меридиан",
    "Каравай", "Калач", "Бублик", "Пряник", "Самовар", "Лукошко", "Подкова", "Наковальня",
    "Мельница", "Сундучок", "Шестерёнка", "Гайка", "Рубанок", "Опора", "Причал",
)  # fmt: skip
_FORMS = ("ООО", "ООО", "ООО", "АО", "ИП")


@dataclass(frozen=True)
class Person:
    """Somebody who lives at an address."""

    surname: str
    first: str
    father: str

    @property
    def full_name(self) -> str:
        """Return the name as the contract has it."""
        return f"{self.surname} {self.first} {self.father}"


@dataclass(frozen=True)
class Firm:
    """An organisation with requisites whose check digits are right."""

    name: str
    inn: str
    kpp: str


def invent_person(dice: Random) -> Person:
    """Return a person; surname, first name and patronymic agree."""
    woman = int(happens(dice, 0.55))
    return Person(
        surname=dice.choice(_SURNAMES)[woman],
        first=dice.choice(_WOMEN if woman else _MEN),
        father=dice.choice(_FATHERS)[woman],
    )


def invent_firm(dice: Random, number: int, region: str) -> Firm:
    """Return the ``number``-th firm of a region; its INN is unique there."""
    form = dice.choice(_FORMS)
    word = _FIRMS[number % len(_FIRMS)]
    series = number // len(_FIRMS)
    title = f"{word}-{series + 1}" if series else word
    if form == "ИП":
        return Firm(
            name=f"ИП {invent_person(dice).full_name}", inn=person_inn(region, number), kpp=""
        )
    inn, kpp = firm_inn(region, number), f"{region}0001001"
    return Firm(name=f"{form} «{title}»", inn=inn, kpp=kpp)


def firm_inn(region: str, number: int) -> str:
    """Return a ten-digit INN with its check digit (RULES 5.3)."""
    body = f"{region}00{number + 10001:05d}"
    return body + _check_digit(body, (2, 4, 10, 3, 5, 9, 4, 6, 8))


def firm_ogrn(region: str, number: int) -> str:
    """Return a thirteen-digit OGRN with its check digit."""
    body = f"102{region}00{number:05d}"
    return body + str(int(body) % 11 % 10)


def person_inn(region: str, number: int) -> str:
    """Return a twelve-digit INN with both check digits (RULES 5.3)."""
    body = f"{region}0000{number + 1001:04d}"
    body += _check_digit(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    return body + _check_digit(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def bank_account(bic: str, body: str) -> str:
    """Return a settlement account with its key digit: ``body`` has a 0 in the 9th place."""
    weights = (7, 1, 3)
    for key in "0123456789":
        account = body[:8] + key + body[9:]
        digits = bic[-3:] + account
        control = sum(int(digit) * weights[at % 3] % 10 for at, digit in enumerate(digits))
        if control % 10 == 0:
            return account
    raise AssertionError(body)  # a weight is coprime with 10, so one digit always fits


def _check_digit(body: str, weights: tuple[int, ...]) -> str:
    """Return the control digit of an INN."""
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return str(total % 11 % 10)
