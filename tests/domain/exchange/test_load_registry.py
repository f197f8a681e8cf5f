"""Registries of banks and agents: met with what was told online, or set aside whole."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.models import Registry, RegistryRow
from abonent.domain.exchange.operations import registries
from abonent.domain.exchange.rules.bank_registries import RowOutcome
from abonent.domain.journal.models import JournalEntry
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.rules import CancelAsked, PayAsked, Verdict
from agents import RAW, TERMS
from paying import NOW, charge

pytestmark = pytest.mark.django_db
FLAT, DACHA, NOBODYS = "0010012345", "0010012346", "0010099999"
# RULES 6.3, preset A, with the example's own sums.
SBER = """\
01-11-2026;12-30-45;8647;00123;700123456789ABCD;0010012345;ИВАНОВ ИВАН ИВАНОВИЧ;Г ТЮМЕНЬ,УЛ ПРИМЕРНАЯ,1,15;1026;5198,26;5156,67;41,59
01-11-2026;12-41-02;8647;00124;700123456790ABCD;0010012346;ПЕТРОВА АННА ИВАНОВНА;Г ТЮМЕНЬ,УЛ ПРИМЕРНАЯ,1,16;1026;1000,00;992,00;8,00
=2;6198,26;6148,67;49,59;45612;02-11-2026
"""


def load(world, text, *, name="day.txt", layout="terminals", channel="telepay", now=NOW):
    body = text.encode("cp1251") if isinstance(text, str) else text
    return exchange.load_registry(
        supplier_id=world.supplier.pk, channel=channel, layout=layout, name=name, body=body, now=now
    )


def file(*rows, count=None, total=None):
    """Write rows of number, account, kopecks as a network of terminals does."""
    lines = [
        f"{number};{account};24.11.2026 08:00:00;{_roubles(kopecks)}"
        for number, account, kopecks in rows
    ]
    total = sum(kopecks for *_, kopecks in rows) if total is None else total
    return "\r\n".join([*lines, f"={len(rows) if count is None else count};{_roubles(total)}", ""])


def _roubles(kopecks):
    return f"{'-' if kopecks < 0 else ''}{abs(kopecks) // 100}.{abs(kopecks) % 100:02d}"


def pay(world, number="1", account=FLAT, amount=50_000):
    return operations.accept_payment(
        supplier_id=world.supplier.pk, terms=TERMS, raw=RAW, now=NOW,
        asked=PayAsked(number, account, amount, date(2026, 11, 24)),
    )  # fmt: skip


def outcomes(report):
    return Counter({one.value: count for one, count in report.counts.items() if count})


def suspense(world):
    return sum(ledger.suspense_frame(supplier_id=world.supplier.pk)["amount"])


# The registry and the line


def test_the_banks_classic_registry_is_credited_gross(world):
    charge(world, 519_826)
    report = load(world, SBER, layout="sber", channel="Сбербанк")
    assert outcomes(report) == {"added": 2}
    assert (world.owes(), world.owes(world.dacha)) == (0, -100_000)
    assert {one.paid_on for one in Payment.objects.all()} == {date(2026, 11, 1)}
    kept = Registry.objects.get()
    assert (bytes(kept.body), kept.order_number, kept.net) == (
        SBER.encode("cp1251"),
        "45612",
        614_867,
    )
    assert world.broken() == {}


def test_what_was_told_online_is_matched_and_the_rest_is_added(world):
    pay(world, "1")
    report = load(world, file(("1", FLAT, 50_000), ("2", DACHA, 7_000), ("3", NOBODYS, 300)))
    assert outcomes(report) == {"matched": 1, "added": 1, "unmatched": 1}
    (waiting,) = queries.unmatched_payments(supplier_id=world.supplier.pk)
    assert (waiting.account_text, waiting.suggestions) == (NOBODYS, ())
    assert report.sums[RowOutcome.UNMATCHED] == 300
    assert (world.owes(), world.owes(world.dacha), suspense(world)) == (-50_000, -7_000, 300)
    assert pay(world, "2", DACHA, 7_000).verdict == Verdict.ACCEPTED, "the line comes after it"
    assert world.owes(world.dacha) == -7_000
    assert world.broken() == {}


def test_the_registry_prevails_over_the_line(world):
    first = pay(world, "1", FLAT, 50_000)
    pay(world, "2", FLAT, 20_000)
    text = file(("1", FLAT, 49_000), ("2", DACHA, 20_000))
    assert outcomes(load(world, text)) == {"corrected": 2}
    assert (world.owes(), world.owes(world.dacha)) == (-49_000, -20_000)
    assert pay(world, "1", FLAT, 50_000) == replace(first, repeated=True)
    cancelled = operations.cancel_accepted(
        supplier_id=world.supplier.pk, terms=replace(TERMS, cancel_days=9), raw=RAW, now=NOW,
        asked=CancelAsked("1"),
    )  # fmt: skip
    assert cancelled.verdict == Verdict.CANNOT_CANCEL, "what was told is taken off already"
    again = load(world, text.replace("\r\n", "\n"), name="again.txt")
    assert outcomes(again) == {"matched": 2}
    assert (world.owes(), world.owes(world.dacha)) == (-49_000, -20_000)
    assert world.broken() == {}


def test_the_registry_tells_whose_the_money_in_suspense_is(world):
    pay(world, "1", NOBODYS)
    assert outcomes(load(world, file(("1", FLAT, 50_000)))) == {"attributed": 1}
    assert (world.owes(), suspense(world)) == (-50_000, 0)
    line = JournalEntry.objects.get(action="payment_attributed")
    assert line.details["why"] == "реестр «day.txt», строка 1"
    assert world.broken() == {}


def test_a_number_that_the_registry_garbles_moves_nothing(world):
    pay(world, "1")
    assert outcomes(load(world, file(("1", NOBODYS, 50_000)))) == {"matched": 1}
    assert outcomes(load(world, file(("1", NOBODYS, 49_000)), name="b")) == {"disputed": 1}
    assert world.owes() == -50_000


def test_what_the_registry_lacks_is_named_and_stays(world):
    pay(world, "1")
    pay(world, "2", amount=100)
    report = load(world, file(("1", FLAT, 50_000)))
    assert outcomes(report) == {"matched": 1, "missing": 1}
    assert report.sums[RowOutcome.MISSING] == 100
    assert RegistryRow.objects.get(outcome="missing").number == "2"
    assert world.owes() == -50_100


def test_a_reversal_takes_a_payment_off_once(world):
    pay(world, "1")
    both = file(("1", FLAT, 50_000), ("1", FLAT, -50_000))
    assert outcomes(load(world, both)) == {"matched": 1, "reversed": 1}
    assert world.owes() == 0
    more = file(("1", FLAT, -50_000), ("9", FLAT, -100))
    assert outcomes(load(world, more, name="b")) == {"matched": 1, "disputed": 1}
    assert outcomes(load(world, file(("1", FLAT, 50_000)), name="c")) == {"disputed": 1}
    assert world.owes() == 0
    assert world.broken() == {}


def test_reversed_money_of_nobody_is_not_offered_any_more(world):
    load(world, file(("1", NOBODYS, 500)))
    load(world, file(("1", NOBODYS, -500)), name="b")
    assert suspense(world) == 0
    assert queries.unmatched_payments(supplier_id=world.supplier.pk) == []
    with pytest.raises(operations.AlreadyAttributed):
        operations.attribute_payment(
            supplier_id=world.supplier.pk, payment_id=Payment.objects.first().pk,
            account_id=world.flat.pk, why="x", actor_id=1, now=NOW,
        )  # fmt: skip


def test_a_payment_of_ours_that_waits_is_asked_about(world, bank):
    view = world.pay(50_000)
    text = file((view.external_id, FLAT, 50_000))
    assert outcomes(load(world, text, channel="yookassa")) == {"matched": 1}
    assert Payment.objects.get().next_check_at == NOW
    assert world.owes() == 0


def test_a_registry_with_tagged_values_finds_accounts_by_the_bill_too(world):
    CustomerAccount.objects.filter(pk=world.dacha.pk).update(unified_account="75ДА533315")
    text = (
        "header without a client\n"
        "8647;00123;45;01/11/2026;5198.26;41.59;CLIENTNO:0010012345;method_pay:ONLINE\n"
        "8647;00123;46;01/11/2026;10.00;0.08;CLIENTNO:?;CLIENTDOCNO:75ДА533315-01-6101\n"
    )
    assert outcomes(load(world, text, layout="sber-tagged", channel="Сбербанк")) == {"added": 2}
    assert (world.owes(), world.owes(world.dacha)) == (-519_826, -1_000)
    pay(world, "1")
    with pytest.raises(exchange.RegistryRefused, match="нет номера операции"):
        load(world, text + "\n", name="b", layout="sber-tagged")


def test_the_manual_layout(world):
    text = "40702810138250123017\n0010012345;77;2026-11-01;1000.00;;;комментарий;45612\n"
    assert outcomes(load(world, text, layout="manual", channel="касса")) == {"added": 1}
    assert world.owes() == -100_000


# What is set aside


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (file(("1", FLAT, 50_000), total=50_001), "в итоге 500,01, в строках 500,00"),
        (file(("1", FLAT, 50_000), count=2), "в итоге 2 строк, в файле 1"),
        (file(("1", FLAT, 50_000), ("1", FLAT, 50_000)), "операция 1 уже была в файле"),
        (file(), "ни одной строки"),
        (file(("1", FLAT, 0)), "сумма 0"),
        ("1;0010012345;24.11.2026 08:00:00;500.00\n", "нет итоговой строки"),
        ("1;0010012345;24.11.2026\n=1;500.00\n", "строка 1: полей 3, должно быть 4"),
        ("1;0010012345;24.13.2026 08:00:00;500.00\n=1;500.00\n", "дата «24.13.2026 08:00:00»"),
        ("1;0010012345;26.11.2026 08:00:00;500.00\n=1;500.00\n", "ещё не настал"),
        ("1;0010012345;24.11.2026 08:00:00;5e2\n=1;500.00\n", "сумма «5e2» не читается"),
        ("1;;24.11.2026 08:00:00;500.00\n=1;500.00\n", "нет лицевого счёта"),
        (";0010012345;24.11.2026 08:00:00;500.00\n=1;500.00\n", "нет номера операции"),
    ],
)
def test_a_file_that_contradicts_itself_is_kept_and_posts_nothing(world, text, says):
    with pytest.raises(exchange.RegistryRefused, match="не загружен") as refused:
        load(world, text)
    assert says.replace(" ", "") in refused.value.text.replace("\xa0", "").replace(" ", "")
    kept = Registry.objects.get()
    assert (kept.state, bytes(kept.body)) == ("quarantined", text.encode("cp1251"))
    assert JournalEntry.objects.filter(action="registry_quarantined").count() == 1
    assert not Payment.objects.exists()
    # A right file may come under the same name afterwards.
    assert outcomes(load(world, file(("1", FLAT, 50_000)))) == {"added": 1}


def test_sums_of_the_banks_own_fee_must_agree(world):
    with pytest.raises(exchange.RegistryRefused, match="перечислено и комиссия"):
        load(world, SBER.replace("6148,67", "6148,66"), layout="sber", channel="Сбербанк")


def test_the_same_file_and_the_same_name_are_refused(world):
    text = file(("1", FLAT, 50_000))
    load(world, text)
    with pytest.raises(exchange.RegistryRefused, match=r"уже загружен под именем «day\.txt»"):
        load(world, text, name="other.txt")
    with pytest.raises(exchange.RegistryRefused, match="под этим именем уже загружен другой файл"):
        load(world, file(("2", FLAT, 7)))
    assert world.owes() == -50_000
    assert outcomes(load(world, text, channel="a3")) == {"added": 1}, "another channel's file"


def test_a_layout_that_nobody_knows(world):
    with pytest.raises(exchange.UnknownFormat):
        load(world, "x", layout="../sber")


def test_a_load_that_died_goes_on_where_it_stopped(world, monkeypatch):
    text = file(*((str(number), FLAT, 100) for number in range(1, 8)))
    monkeypatch.setattr(registries, "_AT_ONCE", 3)
    met = []

    def dies(point):
        met.append(point)
        if met.count("registry.met") == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(registries, "crash_point", dies)
    with pytest.raises(KeyboardInterrupt):
        load(world, text)
    assert world.owes() == -600
    monkeypatch.setattr(registries, "crash_point", lambda _point: None)
    assert outcomes(load(world, text, now=NOW + timedelta(hours=1))) == {"added": 7}
    assert world.owes() == -700
    assert Registry.objects.get().state == "loaded"
    assert world.broken() == {}


# The statement of the bank (RULES 6.4, example 56)

STATEMENT = """\
1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
Отправитель=Банк
НеизвестныйКлюч=что угодно
РасчСчет=40702810138250123017
СекцияРасчСчет
ДатаНачала=02.11.2026
РасчСчет=40702810138250123017
НачальныйОстаток=100000.00
ВсегоПоступило=31069.48
ВсегоСписано=500.00
КонечныйОстаток=130569.48
КонецРасчСчет
СекцияДокумент=Платежное поручение
Номер=45612
Дата=02.11.2026
Сумма=6148.67
ПлательщикИНН=7707083893
ПлательщикСчет=30232810000000000001
ПолучательСчет=40702810138250123017
ДатаПоступило=02.11.2026
НазначениеПлатежа=Реестр №1; сумма=6198.26, комиссия=49.59
КонецДокумента

СекцияДокумент=Платежное поручение
Номер=77
Дата=01.11.2026
Сумма=24920.81
ПлательщикИНН=7204000019
ПлательщикРасчСчет=40702810000000000077
ПлательщикБИК=044525225
ДатаПоступило=02.11.2026
НазначениеПлатежа1=Оплата за
НазначениеПлатежа2=электроэнергию, {purpose}. В т.ч. НДС=22%
КонецДокумента
СекцияДокумент=Платежное поручение
Номер=5
Дата=02.11.2026
Сумма=500.00
ПлательщикРасчСчет=40702810138250123017
ПолучательРасчСчет=40702810000000000099
ДатаСписано=02.11.2026
НазначениеПлатежа=Аренда
КонецДокумента
КонецФайла
"""


def statement(world, purpose="договор 17", **how):
    text = STATEMENT.replace("{purpose}", purpose)
    return load(world, text, **{"layout": "1c", "channel": "bank", "name": "kl_to_1c.txt", **how})


@pytest.mark.parametrize(
    "number", ["л/с 0010012346", "лицевой счет № 0010012346", "Л.С. 0010012346"]
)
def test_a_statement_settles_a_registry_and_finds_the_account_in_the_purpose(world, number):
    load(world, SBER, layout="sber", channel="Сбербанк")
    report = statement(world, number)
    assert outcomes(report) == {"settles": 1, "added": 1}
    assert world.owes(world.dacha) == -100_000 - 2_492_081
    assert Payment.objects.get(channel="bank").paid_on == date(2026, 11, 2)
    assert world.broken() == {}


def test_a_payout_that_is_not_the_registrys_sum_waits_for_staff(world):
    load(world, SBER, layout="sber", channel="Сбербанк")
    text = STATEMENT.replace("6148.67", "6148.66").replace("69.48", "69.47")
    report = load(world, text, layout="1c", channel="bank", name="b")
    assert outcomes(report) == {"unmatched": 2}
    assert report.sums[RowOutcome.UNMATCHED] == 614_866 + 2_492_081


def test_a_payer_with_one_account_is_known_by_his_inn(world):
    office = CustomerAccount.objects.get(pk=world.dacha.pk)
    office.customer.inn = "7204000019"
    office.customer.save()
    assert outcomes(statement(world)) == {"unmatched": 2}, "his two accounts cannot be told apart"
    CustomerAccount.objects.filter(pk=world.flat.pk).update(closed_on=date(2026, 1, 1))
    text = STATEMENT.replace("Номер=77", "Номер=78").replace("Номер=45612", "Номер=45613")
    again = load(world, text, layout="1c", channel="bank", name="b")
    assert outcomes(again) == {"unmatched": 1, "added": 1}
    assert world.owes(world.dacha) == -2_492_081


def test_who_names_an_account_does_not_pay_for_his_own(world):
    world.dacha.customer.inn = "7204000019"
    world.dacha.customer.save()
    CustomerAccount.objects.filter(pk=world.flat.pk).update(closed_on=date(2026, 1, 1))
    assert outcomes(statement(world, f"за соседа, л/с {NOBODYS}")) == {"unmatched": 2}
    assert world.owes(world.dacha) == 0


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8-sig"])
def test_a_statement_in_any_of_its_encodings(world, encoding):
    text = STATEMENT.replace("{purpose}", "л/с 0010012346")
    if encoding == "cp866":
        text = text.replace("Кодировка=Windows", "Кодировка=DOS").replace("№", "N")
    body = text.replace("\n", "\r\n").encode(encoding)
    assert outcomes(load(world, body, layout="1c", channel="bank")) == {"unmatched": 1, "added": 1}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("КонечныйОстаток=130569.48", "КонечныйОстаток=1.00", "не сходятся"),
        ("Сумма=24920.81", "Сумма=24920.80", "поступило 31 069,48, в документах 31 069,47"),
        ("КонецФайла\n", "", "файл оборван"),
        ("1CClientBankExchange\n", "", "первая строка"),
        ("Сумма=24920.81", "Сумма=24920,81", "сумма «24920,81» не читается"),
        (
            "ДатаПоступило=02.11.2026\nНазначениеПлатежа1",
            "ДатаПоступило=2.13.26\nНазначениеПлатежа1",
            "дата «2.13.26»",
        ),
    ],
)
def test_a_statement_that_contradicts_itself_posts_nothing(world, old, new, says):
    assert old in STATEMENT
    with pytest.raises(exchange.RegistryRefused) as refused:
        load(world, STATEMENT.replace(old, new), layout="1c", channel="bank")
    assert says in refused.value.text.replace("\xa0", " ")
    assert not Payment.objects.exists()
