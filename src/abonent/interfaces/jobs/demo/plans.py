"""The six towns: places, houses and what each supplier serves there."""

from abonent.interfaces.jobs.demo.world import HouseKind, Place, Plan

BIC = "044525225"
CORRESPONDENT = "30101810400000000225"
BANK = "ПАО «БАНК»"

_FLATS = HouseKind("mkd", flats=120)
_PRIVATE = HouseKind("private", flats=1, private=True)
_HEATED = (
    HouseKind("mkd", flats=144, heat="meter"),
    HouseKind("mkd", flats=90, heat="rooms"),
    HouseKind("mkd", flats=72, heat="norm"),
    HouseKind("mkd", flats=216, heat="meter"),
    HouseKind("mkd", flats=60, heat="year"),
)
_COMMON_CHANNELS = (("cabinet", 40), ("sber", 30), ("vtb", 10), ("post", 8), ("cash", 7))

TEPLO = Plan(
    code="teplo-nn",
    name="АО «Теплоэнерго»",
    region="52",
    timezone="Europe/Moscow",
    letters="НН",
    climate="volga",
    prefix="52",
    places=(
        Place(
            "г. Нижний Новгород",
            "nagornaya",
            ("ул. Бекетова", "пр-т Гагарина", "ул. Ванеева", "ул. Белинского"),
        ),
        Place(
            "г. Нижний Новгород",
            "zarechnaya",
            ("Московское шоссе", "ул. Рыбакова", "бульвар Мира", "ул. Чаадаева"),
        ),
    ),
    services=("heat", "hot_water"),
    houses=_HEATED,
    organisations=0.05,
    price=1.0,
    channels=_COMMON_CHANNELS,
)
TYUMEN = Plan(
    code="tmesbyt",
    name="АО «ТюменьЭнергоСбыт»",
    region="72",
    timezone="Asia/Yekaterinburg",
    letters="ТЮ",
    climate="siberia",
    prefix="72",
    places=(
        Place(
            "г. Тюмень",
            "tyumen",
            ("ул. Республики", "ул. Мельникайте", "ул. Широтная", "ул. Олимпийская"),
        ),
        Place("г. Тобольск", "tobolsk", ("ул. Ремезова", "ул. Знаменского")),
        Place("г. Ишим", "ishim", ("ул. Карла Маркса", "ул. Ершова")),
    ),
    services=("electricity",),
    houses=(_FLATS, _FLATS, _PRIVATE),
    organisations=0.0,
    price=4.05,
    channels=_COMMON_CHANNELS,
)
VORONEZH = Plan(
    code="tns-voronezh",
    name="ПАО «ТНС энерго Воронеж»",
    region="36",
    timezone="Europe/Moscow",
    letters="ВР",
    climate="south",
    prefix="36",
    places=(
        Place(
            "г. Воронеж",
            "voronezh",
            ("ул. Кольцовская", "ул. Плехановская", "ул. Лизюкова", "Московский пр-т"),
        ),
        Place("г. Борисоглебск", "borisoglebsk", ("ул. Свободы", "ул. Третьяковская")),
        Place("г. Россошь", "rossosh", ("ул. Пролетарская", "ул. Дзержинского")),
    ),
    services=("electricity",),
    houses=(_FLATS, _PRIVATE, _FLATS),
    organisations=0.0,
    price=5.33,
    channels=(*_COMMON_CHANNELS, ("a3", 12)),
)
SVERDLOVSK = Plan(
    code="sesb",
    name="АО «Свердловэнергосбыт»",
    region="66",
    timezone="Asia/Yekaterinburg",
    letters="ЕК",
    climate="ural",
    prefix="66",
    places=(
        Place(
            "г. Екатеринбург",
            "ekb",
            ("ул. Малышева", "ул. Белинского", "ул. 8 Марта", "пр-т Космонавтов", "ул. Грибоедова"),
        ),
        Place("г. Нижний Тагил", "tagil", ("пр-т Мира", "ул. Газетная")),
        Place("г. Первоуральск", "pervouralsk", ("ул. Ватутина", "пр-т Ильича")),
    ),
    services=("electricity", "heat", "hot_water", "cold_water"),
    houses=_HEATED,
    organisations=0.05,
    price=5.40,
    channels=(*_COMMON_CHANNELS, ("telepay", 12)),
)
NESK = Plan(
    code="nesk",
    name="АО «НЭСК»",
    region="23",
    timezone="Europe/Moscow",
    letters="КР",
    climate="south",
    prefix="2301",
    places=(
        Place(
            "г. Краснодар",
            "krasnodar",
            ("ул. Красная", "ул. Северная", "ул. Ставропольская", "ул. Тургенева"),
        ),
        Place("г. Новороссийск", "novorossiysk", ("ул. Советов", "пр-т Дзержинского")),
        Place("г. Сочи", "sochi", ("ул. Донская", "ул. Виноградная")),
        Place("г. Армавир", "armavir", ("ул. Кирова", "ул. Ефремова")),
        Place("г. Ейск", "eysk", ("ул. Коммунистическая", "ул. Победы")),
    ),
    services=("electricity",),
    houses=(_FLATS, _PRIVATE),
    organisations=0.04,
    price=6.60,
    channels=_COMMON_CHANNELS,
)
KUBAN = Plan(
    code="tns-kuban",
    name="ПАО «ТНС энерго Кубань»",
    region="23",
    timezone="Europe/Moscow",
    letters="",
    climate="south",
    prefix="2311",
    places=(
        Place(
            "г. Краснодар",
            "krasnodar",
            ("ул. Красная", "ул. Уральская", "ул. Новороссийская", "ул. Дзержинского"),
        ),
        Place("г. Майкоп", "maykop", ("ул. Пролетарская", "ул. Депутатская")),
        Place("г. Славянск-на-Кубани", "slavyansk", ("ул. Красная", "ул. Школьная")),
    ),
    services=("electricity",),
    houses=(HouseKind("works", flats=1, private=True),),
    organisations=1.0,
    price=7.48512,
    channels=(("bank", 90), ("cabinet", 10)),
)
PLANS = (TEPLO, TYUMEN, VORONEZH, SVERDLOVSK, NESK, KUBAN)
