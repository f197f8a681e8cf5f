"""States and words of billing. Pure."""

from enum import StrEnum


class RunState(StrEnum):
    """A run is drafted chunk by chunk, then published chunk by chunk."""

    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"


class ChunkState(StrEnum):
    """Where a chunk of a run stands."""

    WAITING = "waiting"
    DRAFTED = "drafted"
    PUBLISHED = "published"


class DebtStage(StrEnum):
    """Where a household's debt for a service stands (PP 354 p. 114–119)."""

    OVER = "over"
    WARNED = "warned"
    MAY_RESTRICT = "may_restrict"
    NEVER_RESTRICTED = "never_restricted"
    NO_NORM = "no_norm"


class Method(StrEnum):
    """How the volume of a line was found (EXCHANGE 3)."""

    METER = "meter"
    AVERAGE = "average"
    NORM = "norm"
    HOUSE = "house"
    AREA = "area"
    CONTRACT = "contract"
    CORRECTION = "correction"


class Rule(StrEnum):
    """By which rule a line was made: every code that the calculation gives (EXCHANGE 3)."""

    METER = "meter"
    CONTRACT_PRICE = "contract_price"
    AVERAGE = "average"
    NORM = "norm"
    TAMPERING = "tampering"
    COMMON_NEEDS = "common_needs"
    HEAT_H1 = "heat_h1"
    HEAT_H1_YEAR = "heat_h1_year"
    HEAT_H2 = "heat_h2"
    HEAT_H2_YEAR = "heat_h2_year"
    HEAT_H3 = "heat_h3"
    HEAT_H3_YEAR = "heat_h3_year"
    HEAT_H4 = "heat_h4"
    HEAT_H4_YEAR = "heat_h4_year"
    HEAT_YEAR = "heat_year"
    HOURLY = "hourly"
    POWER = "power"
    LAST_YEAR = "last_year"
    PREVIOUS_MONTH = "previous_month"
    MAX_POWER = "max_power"
    YEAR_AVERAGE = "year_average"
    PIPE = "pipe"
    HEAT_BASE = "heat_base"
    ABSENCE = "absence"
    BREAK = "break"
    QUALITY = "quality"
    BENEFIT = "benefit"
    CORRECTION = "correction"


class Problem(StrEnum):
    """Why an account or a service was left out of a run."""

    NO_READING = "no_reading"
    READING_SMALLER = "reading_smaller"
    NO_DIGITS = "no_digits"
    NO_RATE = "no_rate"
    NO_NORM = "no_norm"
    NO_RESIDENTS = "no_residents"
    NO_AREA = "no_area"
    NO_HOUSE = "no_house"
    NO_HOUSE_AREA = "no_house_area"
    NO_HOUSE_VOLUME = "no_house_volume"
    NO_HEATING_NORM = "no_heating_norm"
    NO_SCHEME = "no_scheme"
    NO_METERED = "no_metered"
    HOUSE_UNKNOWN = "house_unknown"
    NO_VAT = "no_vat"
    NO_POWER_SOURCES = "no_power_sources"
    BENEFIT_TERMS = "benefit_terms"
    NO_BANK = "no_bank"
    NO_KEY_RATE = "no_key_rate"
    METER_GAP = "meter_gap"
    SUB_CONSUMERS = "sub_consumers"
    NO_CONTRACT = "no_contract"
    NO_LOSSES = "no_losses"
    NO_HOURS = "no_hours"
    NO_HOUR_PRICE = "no_hour_price"
    NO_POWER = "no_power"
    NO_TERM = "no_term"
    NO_HISTORY = "no_history"
    NO_LOCALITY = "no_locality"
    NO_TEMPERATURE = "no_temperature"
    UNLIKE_TERMS = "unlike_terms"
    NOT_COMPUTED = "not_computed"
    UNBILLED = "unbilled"


PROBLEM_TEXTS = {
    Problem.NO_READING: "нет показаний счётчика {parameter}; передайте показания",
    Problem.READING_SMALLER: (
        "показание счётчика {parameter} меньше прошлого, и это не переход через ноль; "
        "проверьте показание или внесите контрольное"
    ),
    Problem.NO_DIGITS: "у счётчика {parameter} не указано число цифр (int_digits)",
    Problem.NO_RATE: "нет цены {parameter}; добавьте строку в tariffs.csv",
    Problem.NO_NORM: "нет норматива {parameter}; добавьте строку в norms.csv",
    Problem.NO_RESIDENTS: "не указано, сколько человек живёт (residents или owners)",
    Problem.NO_AREA: "не указана площадь помещения (area)",
    Problem.NO_HOUSE: "не указан дом (house)",
    Problem.NO_HOUSE_AREA: "у дома не указана площадь {parameter}",
    Problem.NO_HOUSE_VOLUME: "нет показаний общедомового счётчика (house_volumes.csv)",
    Problem.NO_HEATING_NORM: "нет норматива подогрева воды {parameter} (heating_gcal_per_m3)",
    Problem.NO_SCHEME: "у дома не указано, когда начисляют отопление {parameter}",
    Problem.HOUSE_UNKNOWN: (
        "расход на общие нужды дома не посчитать: не известен расход лицевого счёта {parameter}"
    ),
    Problem.NO_METERED: (
        "у дома не указаны объём и площадь квартир со счётчиками тепла (metered_volume, "
        "metered_area в house_volumes.csv)"
    ),
    Problem.NO_POWER_SOURCES: (
        "у дома не указано число источников питания (power_sources): не известно, какой перерыв "
        "в электроснабжении допустим"
    ),
    Problem.BENEFIT_TERMS: "у льготы не указано {parameter} (benefits.csv)",
    Problem.NO_VAT: "нет ставки НДС (services.csv или rates.csv)",
    Problem.NO_KEY_RATE: (
        "не загружена ставка {parameter}, без неё не посчитать пени; добавьте строку в rates.csv"
    ),
    Problem.NO_BANK: "не указаны банковские реквизиты поставщика",
    Problem.METER_GAP: (
        "счётчик {parameter} снят, и до конца месяца есть дни без счётчика, а по среднему ещё "
        "не начисляется; укажите новый счётчик с того же дня или закройте договор (valid_to)"
    ),
    Problem.SUB_CONSUMERS: (
        "не известен расход субабонента: счётчик {parameter}; передайте показания его счётчика"
    ),
    Problem.NO_LOSSES: "потери не посчитать, счётчик {parameter}; дополните losses.csv",
    Problem.NO_HOURS: "нет почасового объёма: {parameter} (hourly.csv)",
    Problem.NO_HOUR_PRICE: "нет цены часа: {parameter} (hourly_prices.csv)",
    Problem.NO_POWER: "нет мощности месяца ({parameter}); дополните power.csv",
    Problem.NO_TERM: (
        "показаний нет, а в договоре не указано {parameter}; передайте показания или дополните "
        "agreements.csv"
    ),
    Problem.NO_HISTORY: (
        "нет показаний счётчика {parameter} и нет объёма прошлых месяцев; передайте показания "
        "или загрузите past_volumes.csv"
    ),
    Problem.NO_LOCALITY: (
        "показаний нет, тепло считают по температуре на улице, а населённый пункт не указан "
        "(locality в houses.csv)"
    ),
    Problem.NO_TEMPERATURE: "нет температуры на улице: {parameter} (temperatures.csv)",
    Problem.NO_CONTRACT: (
        "у услуги несколько договоров с разными условиями, а у счётчика {parameter} договор не "
        "указан; заполните contract_number в meters.csv"
    ),
    Problem.UNLIKE_TERMS: (
        "в этом месяце действуют договоры с разными категориями цены ({parameter}), а счётчика "
        "нет; оставьте на месяц один"
    ),
    Problem.NOT_COMPUTED: "строки {parameter} ещё не учитываются в начислениях",
    Problem.UNBILLED: (
        "не начислен {parameter}: исправьте причину и повторите abonent bill за тот месяц"
    ),
}
