"""Each kind of mistake: where the finding points and in what words."""

import pytest

from bundles import RULES8, became, load, refusal

pytestmark = pytest.mark.django_db

LONG = "я" * 65
# file, column, header and a row spoiled in that column, the value shown, words of the rule, of the remedy
CASES = [
    ("services", "kind", "service;kind;name;unit", "gas;gas;Газ;m3", "gas", "такого значения здесь не бывает", "electricity, heat"),
    ("services", "unit", "service;kind;name;unit", "gas;other;Газ;litre", "litre", "не бывает", "kwh, gcal, m3"),
    ("services", "service", "service;kind;name;unit", f"{LONG};other;Газ;m3", LONG, "не длиннее 64 знаков", "сократите"),
    ("services", "vat_percent", "service;kind;name;unit;vat_percent", "g;other;Газ;m3;101", "101", "вне пределов", "число"),
    ("services", "name", "service;kind;name;unit", "gas;other;;m3", "", "обязательное значение не указано", "заполните"),
    ("tariffs", "rate", "service;valid_from;rate", "cold_water;2026-01-01;-5", "-5", "число меньше нуля", "12.5"),
    ("tariffs", "rate", "service;valid_from;rate", "cold_water;2026-01-01;1.123456", "1.123456", "знаков после запятой больше 5", "уберите"),
    ("tariffs", "rate", "service;valid_from;rate", "cold_water;2026-01-01;1e3", "1e3", "это не число", "цифрами"),
    ("tariffs", "rate", "service;valid_from;rate", "cold_water;2026-01-01;", "", "обязательное значение", "заполните"),
    ("tariffs", "valid_from", "service;valid_from;rate", "cold_water;01/02/2026;1", "01/02/2026", "это не дата", "24.10.2026"),
    ("tariffs", "valid_from", "service;valid_from;rate", "cold_water;2026-02-30;1", "2026-02-30", "такого дня в календаре нет", "2026-10-24"),
    ("tariffs", "valid_to", "service;valid_from;valid_to;rate", "cold_water;2026-02-01;2026-01-31;1", "2026-01-31", "день раньше, чем valid_from", "последний день включительно"),
    ("tariffs", "vat_included", "service;valid_from;rate;vat_included", "cold_water;2026-01-01;1;да", "да", "ожидается yes или no", "yes, no"),
    ("tariffs", "zone", "service;zone;valid_from;rate", "cold_water;T1;2026-01-01;1", "T1", "не бывает", "single, day, night, peak, halfpeak"),
    ("tariffs", "component", "service;component;valid_from;rate", "cold_water;steam;2026-01-01;1", "steam", "не бывает", "water, heat"),
    ("tariffs", "from_quantity", "service;from_quantity;valid_from;rate", "cold_water;-1;2026-01-01;1", "-1", "меньше нуля", "число"),
    ("tariffs", "months", "service;valid_from;rate;months", "cold_water;2026-01-01;1;13-07", "13-07", "не пара месяцев", "09-07"),
    ("tariffs", "service", "service;valid_from;rate", "gas;2026-01-01;1", "gas", "услуги с таким кодом нет ни в наборе, ни в базе", "services.csv"),
    ("norms", "per", "service;per;valid_from;volume", "cold_water;flat;2026-01-01;1", "flat", "не бывает", "resident, m2"),
    ("rates", "value", "kind;value;valid_from", "vat;120;2026-01-01", "120", "вне пределов от 0 до 100", "число"),
    ("rates", "kind", "kind;value;valid_from", "tax;20;2026-01-01", "tax", "не бывает", "key_rate, penalty_cap, vat"),
    ("houses", "has_heat_meter", "house;has_heat_meter", "h1;true", "true", "yes или no", "пустым"),
    ("houses", "heating_scheme", "house;heating_scheme", "h1;summer", "summer", "не бывает", "season, year"),
    ("houses", "area_excluded", "house;area_total;area_excluded", "h1;10;11", "11", "больше всей площади дома", "area_total"),
    ("house_volumes", "period", "house;service;period;volume", "h1;electricity;10.2026;1", "10.2026", "это не месяц", "2026-10"),
    ("house_volumes", "house", "house;service;period;volume", "h7;electricity;2026-10;1", "h7", "дома с таким кодом нет", "houses.csv"),
    ("house_volumes", "state", "house;service;period;state", "h1;electricity;2026-10;bad", "bad", "не бывает", "ok, failed"),
    ("accounts", "account", "account;kind", f"{LONG};household", LONG, "не длиннее 64 знаков, здесь 65", "сократите"),
    ("accounts", "unified_account", "account;unified_account", "0010;75D533315", "75D533315", "ЕЛС состоит из 2 цифр, 2 русских букв", "75ДА533315"),
    ("accounts", "residents", "account;residents", "0010;2.5", "2.5", "число не целое", "целое число"),
    ("accounts", "inn", "account;inn", "0010;7204000018", "7204000018", "контрольные цифры ИНН не сходятся", "сверьте"),
    ("accounts", "inn", "account;inn", "0010;720400001", "720400001", "10 цифр у организации и 12 у человека", "сверьте"),
    ("accounts", "kpp", "account;kpp", "0010;12345", "12345", "в КПП 9 знаков", "9 знаков"),
    ("accounts", "email", "account;email", "0010;нет", "нет", "не адрес электронной почты", "имя@домен"),
    ("accounts", "house", "account;house", "0010;h7", "h7", "дома с таким кодом нет", "houses.csv"),
    ("accounts", "closed_on", "account;opened_on;closed_on", "0010;2026-02-01;2026-01-01", "2026-01-01", "день раньше, чем opened_on", "последний день"),
    ("agreements", "account", "account;service", "0099;electricity", "0099", "лицевого счёта нет ни в наборе, ни в базе", "accounts.csv"),
    ("agreements", "zones", "account;service;zones", "0010;electricity;day", "day", "такого набора зон нет", "day+night"),
    ("agreements", "heating", "account;service;heating", "0010;electricity;stove", "stove", "не бывает", "central, individual"),
    ("agreements", "hours_per_day", "account;service;hours_per_day", "0010;electricity;25", "25", "вне пределов от 0 до 24", "число"),
    ("meters", "zones", "account;service;serial;zones", "0010;electricity;E1;t1+t2", "t1+t2", "такого набора зон нет", "reactive"),
    ("meters", "int_digits", "account;service;serial;int_digits", "0010;electricity;E1;13", "13", "вне пределов от 1 до 12", "целое число"),
    ("meters", "ratio", "account;service;serial;ratio", "0010;electricity;E1;0", "0", "не бывает нулевым", "напишите 1"),
    ("meters", "initial", "account;service;serial;initial", "0010;electricity;E1;много", "много", "это не показание", "day=12,night=3"),
    ("meters", "initial", "account;service;serial;zones;initial", "0010;electricity;E1;day+night;12", "12", "не для тех зон", "day=12,night=3"),
    ("meters", "initial", "account;service;serial;zones;initial", "0010;electricity;E1;day+night;day=1,peak=2", "day=1,peak=2", "не для тех зон", "каждую зону"),
    ("meters", "final", "account;service;serial;final", "0010;electricity;E1;5", "5", "без дня снятия", "removed_on"),
    ("meters", "parent_serial", "account;service;serial;parent_serial", "0010;electricity;E1;F1", "F1", "назван не полностью", "parent_account"),
    ("meters", "parent_serial", "account;service;serial;parent_account;parent_serial", "0010;electricity;E1;0020;F9", "F9", "вышестоящего прибора нет", "parent_serial"),
    ("verifications", "serial", "account;service;serial;verified_on", "0010;cold_water;W9;2026-01-01", "W9", "такого прибора у лицевого счёта и услуги нет", "meters.csv"),
    ("readings", "reading", "account;meter_serial;zone;reading_date;reading", "0010;E1;day;2026-10-24;12а", "12а", "это не число", "цифрами"),
    ("readings", "reading", "account;meter_serial;zone;reading_date;reading", "0010;E1;day;2026-10-24;-1", "-1", "число меньше нуля", "цифрами"),
    ("readings", "reading", "account;meter_serial;zone;reading_date;reading", "0010;E1;day;2026-10-24;1,2,3", "1,2,3", "это не число", "цифрами"),
    ("readings", "reading_date", "account;meter_serial;zone;reading_date;reading", "0010;E1;day;;1", "", "обязательное значение", "заполните"),
    ("readings", "meter_serial", "account;meter_serial;zone;reading_date;reading", "0010;E9;day;2026-10-24;1", "E9", "такого прибора у лицевого счёта нет", "meters.csv"),
    ("readings", "zone", "account;meter_serial;zone;reading_date;reading", "0010;E1;peak;2026-10-24;1", "peak", "у прибора нет такой зоны", "meters.csv"),
    ("readings", "zone", "account;meter_serial;zone;reading_date;reading", "0010;E1;T1;2026-10-24;1", "T1", "не бывает", "single, day, night"),
    ("readings", "channel", "account;meter_serial;zone;reading_date;channel;reading", "0010;E1;day;2026-10-24;fax;1", "fax", "не бывает", "cabinet, open_page"),
    ("readings", "account", "account;meter_serial;reading_date;reading", "10;E1;2026-10-24;1", "10", "лицевого счёта нет", "accounts.csv"),
    ("hourly", "hour", "account;service;serial;hour;volume", "0020;electricity;F1;2026-10-01;1", "2026-10-01", "не дата с часами", "2026-10-24 13:00"),
    ("hourly", "serial", "account;service;serial;hour;volume", "0020;electricity;F9;2026-10-01 01:00;1", "F9", "такого прибора", "meters.csv"),
    ("events", "kind", "account;kind;from", "0010;party;2026-10-01", "party", "не бывает", "absence"),
    ("events", "account", "kind;from", "fault;2026-10-01", "", "не указано ни account, ни house", "лицевой счёт или дом"),
    ("events", "to", "account;kind;from;to", "0010;fault;2026-10-03 15:00;2026-10-03 14:00", "2026-10-03 14:00", "конец раньше начала", "to"),
    ("events", "meter_serial", "account;meter_serial;kind;from", "0010;E9;fault;2026-10-03", "E9", "такого прибора", "meters.csv"),
    ("benefits", "percent", "account;service;from;percent", "0010;electricity;2026-10-01;150", "150", "вне пределов от 0 до 100", "число"),
    ("subsidies", "amount", "account;period;amount", "0010;2026-10;1.005", "1.005", "знаков после запятой больше 2", "уберите"),
    ("temperatures", "mean_c", "locality;date;mean_c", "Тюмень;2026-10-01;тепло", "тепло", "это не число", "цифрами"),
    ("schedules", "day", "organisation_class;valid_from;day", "general;2026-01-01;32", "32", "вне пределов от 1 до 31", "целое"),
    ("balances", "part", "account;service;period;part;amount", "0010;electricity;2026-08;fine;1", "fine", "не бывает", "principal, penalty, costs"),
    ("payments", "amount", "channel;external_id;account;paid_on;amount", "b;1;0010;2026-10-01;0", "0", "не бывает нулевой", "refund"),
    ("payments", "amount", "channel;external_id;account;paid_on;amount", "b;1;0010;2026-10-01;-5", "-5", "меньше нуля", "число"),
    ("payments", "external_id", "channel;external_id;account;paid_on;amount", "b;;0010;2026-10-01;5", "", "обязательное значение", "заполните"),
    ("payments", "purpose_service", "channel;external_id;account;paid_on;amount;purpose_service", "b;1;0010;2026-10-01;5;gas", "gas", "услуги с таким кодом нет", "services.csv"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "column", "header", "row", "value", "rule", "remedy"),
    CASES,
    ids=[f"{case[0]}.{case[1]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_bad_cell_is_named_with_its_place_its_rule_and_its_remedy(
    spoiled, file, column, header, row, value, rule, remedy
):
    refused = refusal(spoiled(**{file: f"{header}\n\n{row}\n"}))
    found = [one for one in refused.findings if (one.file, one.column) == (f"{file}.csv", column)]
    assert found, [str(one) for one in refused.findings]
    one = found[0]
    assert one.line == 3  # after the header and a blank line
    assert one.value == value
    assert rule in one.rule
    assert remedy in one.remedy
    assert f"{file}.csv, строка 3, столбец {column}" in str(one)


def test_a_row_of_another_width_is_named(spoiled):
    refused = refusal(
        spoiled(
            readings="account;meter_serial;zone;reading_date;reading\n0010;E1;day;2026-10-24;1;2\n0010;E1;day\n"
        )
    )
    assert [(one.line, one.rule) for one in refused.findings] == [
        (2, "ячеек в строке не столько, сколько столбцов в заголовке (5)"),
        (3, "ячеек в строке не столько, сколько столбцов в заголовке (5)"),
    ]


def test_a_missing_necessary_column_is_named(spoiled):
    refused = refusal(spoiled(readings="account;meter_serial;reading\n0010;E1;1\n"))
    assert [(one.line, one.column, one.rule) for one in refused.findings] == [
        (1, "reading_date", "нет обязательного столбца")
    ]


@pytest.mark.parametrize(("text", "rule"), [
    ("", "файл пуст"), ("\n\n", "нет строки заголовка"), ("a\0b\n", "двоичные данные"),
    ('account;kind\n0010;"household\n', "кавычка открыта и не закрыта"),
])  # fmt: skip
def test_an_unreadable_file_is_named(spoiled, text, rule):
    refused = refusal(spoiled(accounts=text))
    assert rule in next(one.rule for one in refused.findings if one.file == "accounts.csv")


def test_one_key_with_two_values_names_both_lines(spoiled):
    rows = "account;meter_serial;zone;reading_date;reading\n0010;E1;day;2026-10-24;5\n0010;E1;night;2026-10-24;1\n0010;E1;day;24.10.2026;6\n0010;E1;day;2026-10-24;5,0\n"
    refused = refusal(spoiled(readings=rows))
    [one] = refused.findings
    assert (one.line, one.rule) == (4, "ключ тот же, что в строке 2, а значения другие")
    assert one.value == "0010, E1, day, 24.10.2026"


@pytest.mark.parametrize(("tariffs", "line", "other"), [
    ("cold_water;;2026-01-01;2026-06-30;1\ncold_water;;2026-06-30;;2\n", 3, "строки 2"),
    ("cold_water;;2026-06-30;;2\ncold_water;;2026-01-01;2026-06-30;1\n", 2, "строки 3"),
])  # fmt: skip
def test_days_of_one_tariff_must_not_overlap(spoiled, tariffs, line, other):
    refused = refusal(spoiled(tariffs=f"service;category;valid_from;valid_to;rate\n{tariffs}"))
    [one] = refused.findings
    assert (one.file, one.line, one.column) == ("tariffs.csv", line, "valid_from")
    assert f"пересекаются с днями {other}" in one.rule


def test_gaps_and_open_rows_are_no_errors(spoiled):
    rows = "cold_water;a;2026-01-01;2026-03-31;1\ncold_water;a;2026-06-01;;2\ncold_water;a;2026-09-01;;3\n"
    report = load(spoiled(tariffs=f"service;category;valid_from;valid_to;rate\n{rows}"))
    assert became(report)["tariffs.csv"] == (3, 0, 0, 0)


def test_two_meters_of_one_serial_cannot_be_told_apart(spoiled):
    meters = "account;service;serial\n0010;electricity;S\n0010;cold_water;S\n"
    refused = refusal(
        spoiled(
            meters=meters,
            verifications="account;service;serial;verified_on\n",
            readings="account;meter_serial;reading_date;reading\n0010;S;2026-10-24;1\n",
            losses="account;service;serial;valid_from;kind\n",
            hourly="account;service;serial;hour;volume\n",
            events="kind;from;account\n",
        )
    )
    assert "два прибора с этим номером" in refused.findings[0].rule


SUPPLIERS = [
    ('code = "Демо"\n', "code", "код поставщика"),
    ('code = "demo"\ninn = "7204000018"\n', "inn", "ИНН: 10 или 12 цифр"),
    ('code = "demo"\nogrn = "1027700132196"\n', "ogrn", "ОГРН: 13 или 15 цифр"),
    ('code = "demo"\nkpp = "7204"\n', "kpp", "КПП: 9 знаков"),
    ('code = "demo"\nbic = "4452522"\n', "bic", "БИК: 9 цифр"),
    ('code = "demo"\nbic = "044525225"\naccount_number = "40702810038250123017"\n', "account_number", "ключ сходится с БИК"),
    ('code = "demo"\nbic = "044525225"\ncorrespondent_account = "30101810500000000225"\n', "correspondent_account", "ключ сходится"),
    ('code = "demo"\ntimezone = "Тюмень"\n', "timezone", "часового пояса"),
    ('code = "demo"\nstart_period = "10.2026"\n', "start_period", "это не месяц"),
    ('code = "demo"\ncolour = "red"\n', "colour", "такого ключа в файле не бывает"),
    ('code = "demo"\nname = 5.5\n', "name", "ожидается текст"),
    ('code = "demo"\n[policy]\ntariff_change = "by_hours"\n', "policy.tariff_change", "не подходит"),
    ('code = "demo"\n[policy]\nwindow_from_day = 25\nwindow_to_day = 20\n', "policy.window_to_day", "окно кончается раньше"),
    ('code = "demo"\n[policy]\nminimum_payment = "рубль"\n', "policy.minimum_payment", "не подходит"),
    ('code = "demo"\n[policy.gas]\nwindow_to_day = 25\n', "policy.gas", "такой услуги у поставщика нет"),
    ("code = demo\n", "", "это не TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "rule"), SUPPLIERS, ids=[case[1] for case in SUPPLIERS])
def test_a_bad_key_of_the_supplier_is_named(spoiled, text, key, rule):
    refused = refusal(spoiled(supplier=text))
    [one] = [one for one in refused.findings if one.file == "supplier.toml"]
    assert (one.column, one.line) == (key, 0)
    assert rule in one.rule


def test_every_requisite_of_the_example_is_right(spoiled):
    text = (RULES8 / "supplier.toml").read_text(encoding="utf-8")
    report = load(spoiled(supplier=text + 'ogrn = "1027700132195"\n'))
    assert became(report)["supplier.toml"] == (1, 0, 0, 0)
