"""The door of agents: what they ask in their own words, what they get, who gets nothing."""

from datetime import date
from hashlib import md5

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from abonent.domain.accounts.models import Customer, CustomerAccount
from abonent.domain.journal.models import JournalEntry
from abonent.domain.payments.models import AgentOperation, Notice, Payment
from abonent.domain.payments.operations import accepting
from agents import BASIC, FILE, said
from paying import CODE, NOW, charge

pytestmark = pytest.mark.django_db
PAY = {"command": "pay", "txn_id": "1234567", "account": "0010012345", "sum": "1000.00",
       "txn_date": "20261101120005"}  # fmt: skip
EPS = {"ACTION": "payment", "ACCOUNT": "0010012345", "AMOUNT": "5198.26",
       "PAY_ID": "700123456789", "PAY_DATE": "01.11.2026_12:30:45"}  # fmt: skip


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def rewrite(agents_file, old, new):
    text = FILE.replace(old, new)
    assert text != FILE
    agents_file.write_text(text)


# RULES 6.2, example 54, and 6.1, example 53


def test_a_terminal_checks_and_pays(world, door):
    checked = said(door.call(command="check", txn_id="1234567", account="0010012345", sum="10.00"))
    assert (checked["osmp_txn_id"], checked["result"], checked["comment"]) == ("1234567", "0", "")
    answer = door.call(**PAY)
    paid = Payment.objects.get()
    assert said(answer) | {"root": ""} == {
        "response": "", "osmp_txn_id": "1234567", "prv_txn": str(paid.pk), "sum": "1000.00",
        "result": "0", "comment": "", "root": "",
    }  # fmt: skip
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert (paid.amount, paid.paid_on, paid.account_id) == (
        100_000, date(2026, 11, 1), world.flat.pk,
    )  # fmt: skip
    assert door.call(**PAY).content == answer.content
    assert world.owes() == -100_000
    assert world.broken() == {}


def test_the_bank_pays_and_repeats(world, door):
    first = said(door.call("sber", **EPS))
    paid = Payment.objects.get()
    assert first == {
        "root": "response", "response": "", "CODE": "0", "MESSAGE": "", "EXT_ID": str(paid.pk),
        "REG_DATE": "24.11.2026_14:00:00", "AMOUNT": "5198.26",
    }  # fmt: skip
    assert said(door.call("sber", **EPS)) == first | {"CODE": "8"}
    assert said(door.call("sber", **EPS | {"AMOUNT": "5198.27"}))["CODE"] == "300"
    assert world.owes() == -519_826


@pytest.mark.parametrize(
    ("channel", "told", "code"),
    [
        ("osmp", {"command": "check", "account": "0010099999", "sum": "1.00"}, "5"),
        ("osmp", {"command": "check", "account": "00100<12345"}, "4"),
        ("osmp", {"command": "check", "account": "1" * 201}, "4"),
        ("osmp", PAY | {"sum": "0.50"}, "241"),
        ("osmp", PAY | {"sum": "15000.01"}, "242"),
        ("osmp", PAY | {"sum": "1e3"}, "300"),
        ("osmp", PAY | {"sum": "-10.00"}, "300"),
        ("osmp", PAY | {"sum": "10.005"}, "300"),
        ("osmp", PAY | {"sum": "10,00"}, "300"),
        ("osmp", PAY | {"txn_id": "12a"}, "300"),
        ("osmp", PAY | {"txn_date": "20261301120005"}, "300"),
        ("osmp", PAY | {"txn_date": "20270101120005"}, "300"),
        ("osmp", PAY | {"command": "steal"}, "300"),
        ("a3", PAY | {"account": "0010099999"}, "5"),
        ("sber", {"ACTION": "check", "ACCOUNT": "0010099999"}, "3"),
        ("sber", {"ACTION": "check", "ACCOUNT": "№"}, "4"),
        ("sber", {"ACTION": "cancel", "ACCOUNT": "0010012345"}, "2"),
        ("sber", EPS | {"PAY_ID": "0"}, "6"),
        ("sber", EPS | {"AMOUNT": "many"}, "9"),
        ("sber", EPS | {"AMOUNT": "0.99"}, "10"),
        ("sber", EPS | {"AMOUNT": "500000.01"}, "11"),
        ("sber", EPS | {"PAY_DATE": "2026-11-01"}, "12"),
        ("sber", {name: EPS[name] for name in EPS if name != "PAY_DATE"}, "12"),
    ],
)
def test_what_is_refused_has_the_protocols_own_code(world, door, channel, told, code):
    found = said(door.call(channel, **told))
    assert found.get("result", found.get("CODE")) == code
    assert "prv_txn" not in found
    assert "EXT_ID" not in found
    assert not Payment.objects.exists()


def test_a_closed_account_is_told_at_the_check_and_money_for_it_is_taken(world, door):
    CustomerAccount.objects.filter(pk=world.flat.pk).update(closed_on=date(2026, 10, 31))
    assert said(door.call(command="check", account="0010012345"))["result"] == "79"
    assert said(door.call("sber", ACTION="check", ACCOUNT="0010012345"))["CODE"] == "5"
    assert said(door.call(**PAY))["result"] == "0"
    assert world.owes() == -100_000


def test_a_stranger_learns_a_masked_name_and_nothing_else(world, door):
    Customer.objects.update(full_name="Иванов Иван Иванович")
    charge(world, 519_826)
    found = door.call(command="check", account="0010012345").content.decode()
    assert '<field1 name="Плательщик" type="disp">И*** И. И.</field1>' in found
    assert "5198" not in found
    assert said(door.call("sber", ACTION="check", ACCOUNT="0010012345")) == {
        "root": "response", "response": "", "CODE": "0", "MESSAGE": "", "FIO": "И*** И. И.",
    }  # fmt: skip


def test_a_contract_may_let_the_debt_be_told_or_not_even_the_name(world, door, agents_file):
    charge(world, 519_826)
    rewrite(agents_file, 'name = "Терминалы"', 'name = "Терминалы"\ntells = ["debt"]')
    found = said(door.call(command="check", txn_id="1", account="0010012345", sum="0.00"))
    assert found["К оплате"] == "5198.26"
    assert "Плательщик" not in found


def test_going_through_numbers_ends_and_then_a_known_number_gets_the_same(world, door):
    def check(account, terminal="17"):
        return said(door.call(command="check", account=account, trm_id=terminal))["result"]

    codes = [check(f"00100{number:05}") for number in range(10)]
    assert codes == ["5"] * 5 + ["1"] * 5
    assert check("0010012345") == "1"
    assert check("0010012345", terminal="18") == "0"
    assert said(door.call(**PAY, trm_id="17"))["result"] == "0"
    with time_machine.travel(NOW.replace(hour=11), tick=False):
        assert check("0010012345") == "0"


# Cancellation, by both kinds of dialects


def test_a_cancellation_by_the_payments_own_number(world, door):
    said(door.call("telepay", **PAY))
    paid = Payment.objects.get()
    late = door.call("telepay", command="cancel", txn_id="1234567")
    assert said(late)["result"] == "251", "the payment is of the first of November"
    today = PAY | {"txn_id": "7", "txn_date": "20261124080000"}
    ours = said(door.call("telepay", **today))["prv_txn"]
    cancel = {"command": "cancel", "txn_id": "7", "prv_txn": ours}
    wrong = door.call("telepay", **cancel | {"prv_txn": str(paid.pk)})
    assert said(wrong)["result"] == "300"
    first = door.call("telepay", **cancel)
    assert said(first)["result"] == "0"
    assert door.call("telepay", **cancel).content == first.content
    assert world.owes() == -100_000
    assert said(door.call("telepay", command="status", txn_id="7"))["comment"] == "Платёж отменён"
    assert said(door.call("telepay", **today))["prv_txn"] == ours
    assert world.owes() == -100_000
    assert world.broken() == {}


def test_a_cancellation_by_a_number_of_its_own(world, door):
    paid = PAY | {"txn_date": "20261122120000"}
    door.call("a3", **paid)
    cancel = {"command": "cancel", "txn_id": "99", "cancel_txn_id": "1234567", "sum": "1000.00"}
    assert said(door.call("a3", **cancel | {"sum": "999.00"}))["result"] == "300"
    first = door.call("a3", **cancel)
    found = said(first)
    assert (found["a3_txn_id"], found["result"], found["sum"]) == ("99", "0", "1000.00")
    assert door.call("a3", **cancel).content == first.content
    assert said(door.call("a3", **cancel | {"txn_id": "100"}))["result"] == "300"
    assert said(door.call("a3", **paid | {"txn_id": "99"}))["result"] == "300"
    assert sorted(Payment.objects.values_list("kind", "external_id")) == [
        ("cancel", "99"), ("payment", "1234567"),
    ]  # fmt: skip
    assert world.owes() == 0
    assert world.broken() == {}


def test_a_payment_that_was_cancelled_before_it_came_is_void_and_staff_are_told(world, door):
    assert said(door.call("telepay", command="cancel", txn_id="1234567"))["result"] == "0"
    assert said(door.call("telepay", command="cancel", txn_id="1234567"))["result"] == "0"
    assert said(door.call("telepay", **PAY))["result"] == "300"
    assert not Payment.objects.exists()
    assert "отменена агентом до платежа" in Notice.objects.get().reason


# Contradictions and calls that are not of the protocol


def test_another_sum_or_account_is_set_aside_and_told_once(world, door):
    first = door.call(**PAY)
    for _ in range(3):
        assert said(door.call(**PAY | {"sum": "1000.01"}))["result"] == "300"
    assert said(door.call(**PAY | {"account": "0010012346"}))["result"] == "300"
    kept = Notice.objects.order_by("pk")
    assert [one.times for one in kept] == [3, 1]
    assert {one.payment_id for one in kept} == {Payment.objects.get().pk}
    told = JournalEntry.objects.filter(action="agent_call_quarantined")
    assert told.count() == 2
    assert told[0].details["reason"] == kept[0].reason != ""
    assert door.call(**PAY).content == first.content
    assert world.owes() == -100_000
    assert world.owes(world.dacha) == 0


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><request><command>pay</command>
<txn_id>1</txn_id><account>&lol2;</account><sum>1.00</sum></request>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<request><command>pay</command><txn_id>1</txn_id><account>&x;</account></request>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        "<request><command>pay</command>",
        "<request>" + "<a>" * 5000 + "</a>" * 5000 + "</request>",
        "<request><sum>1.00</sum><sum>2.00</sum></request>",
        "<request><command>pay<b/></command></request>",
        '<?xml version="1.0" encoding="utf-7"?><request/>',
        '<?xml-stylesheet href="http://example.org/"?><request/>',
        "<request>\x00</request>",
    ],
)
def test_dangerous_or_broken_xml_is_refused_and_kept(world, door, body):
    assert said(door.post("osmp", body.encode()))["result"] == "300"
    assert Notice.objects.get().reason == "Запрос не читается"
    assert not AgentOperation.objects.exists()


def test_a_body_above_64_kb_is_not_read(world, door):
    assert door.post("osmp", b"<" * (64 * 1024 + 1)).status_code == 413
    assert not Notice.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "cp866"])
def test_xml_in_the_encoding_that_it_declares(world, door, encoding):
    CustomerAccount.objects.filter(pk=world.flat.pk).update(number="Л-12345")
    body = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<request><command>pay</command>'
        "<txn_id>77</txn_id><account>Л-12345</account><sum>10.00</sum></request>"
    )
    assert said(door.post("osmp", body.encode(encoding)))["result"] == "0"
    assert Payment.objects.get().account_id == world.flat.pk


def test_a_dialect_of_1251_is_read_and_answered_in_it(world, door):
    CustomerAccount.objects.filter(pk=world.flat.pk).update(number="Л-12345")
    answer = door.call("a3", raw="command=check&account=%CB-12345&sum=10.00")
    assert said(answer)["result"] == "0"
    assert answer.headers["Content-Type"] == "text/xml; charset=windows-1251"
    refused = door.call("a3", raw="command=check&account=%CB-99999&sum=10.00")
    assert "Лицевой счёт не найден".encode("cp1251") in refused.content
    broken = door.call("osmp", raw="command=check&account=%CB-12345")
    assert said(broken)["result"] == "300"


@pytest.mark.parametrize(
    "raw",
    ["command=pay&txn_id=1&txn_id=2&account=0010012345&sum=1.00", "command=pay&sum=1.00&sum=2.00",
     "command", "", "&".join(f"x{place}=1" for place in range(200))],
)  # fmt: skip
def test_strange_addresses_post_nothing(world, door, raw):
    assert said(door.call(raw=raw))["result"] == "300"
    assert not Payment.objects.exists()


def test_a_form_is_read_like_an_address(world, door):
    body = "&".join(f"{name}={value}" for name, value in PAY.items()).encode()
    first = door.post("osmp", body, "application/x-www-form-urlencoded")
    assert said(first)["result"] == "0"
    assert door.call(**PAY).content == first.content


# Who is let in


def test_what_is_not_configured_well_is_not_there(world, door, agents_file):
    assert door.call("nobody").status_code == 404
    assert door.call("open").status_code == 404, "it would be open to everybody"
    assert Client().get("/api/agents/nobody/osmp/").status_code == 404
    agents_file.write_text("[demo")
    assert door.call(**PAY).status_code == 404


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer x", "Basic YWdlbnQ6eA=="])
def test_a_stranger_gets_no_answer(world, door, header):
    address = f"/api/agents/{CODE}/osmp/?command=check&account=0010012345"
    answer = Client().get(address, headers={"Authorization": header})
    assert (answer.status_code, answer.content) == (401, b"")
    assert "WWW-Authenticate" in answer.headers


def test_an_address_is_what_our_own_proxies_say(world, door, agents_file):
    rewrite(agents_file, '["127.0.0.0/8"]', '["79.142.16.0/20"]')
    spoofed = {"X-Forwarded-For": "79.142.16.1", "Authorization": BASIC}
    address = f"/api/agents/{CODE}/telepay/?command=check&account=0010012345"
    assert Client(headers=spoofed).get(address).status_code == 403
    assert Client(REMOTE_ADDR="79.142.31.255").get(address).status_code == 200
    assert Client(REMOTE_ADDR="::ffff:79.142.31.255").get(address).status_code == 200


def test_a_certificate_is_believed_from_our_own_proxy_alone(world, door, agents_file, settings):
    rewrite(agents_file, 'name = "TelePay"', 'certificates = ["AB:CD"]')
    address = f"/api/agents/{CODE}/telepay/?command=check&account=0010012345"
    shown = {"X-Client-Cert-Sha256": "abcd", "X-Forwarded-For": "127.0.0.1"}
    assert Client(headers=shown).get(address).status_code == 403
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert Client(headers=shown).get(address).status_code == 200
    assert Client(headers={"X-Forwarded-For": "127.0.0.1"}).get(address).status_code == 403


def test_a_hash_covers_every_parameter(world, door):
    signed = "0010012345pay1000.00202611011200051234567the-secret-of-sber"
    told = PAY | {"hash": md5(signed.encode(), usedforsecurity=False).hexdigest()}
    assert said(door.call("sber2", **told | {"sum": "1000.01"}))["result"] == "10"
    assert said(door.call("sber2", **PAY))["result"] == "10"
    assert {one.reason for one in Notice.objects.all()} == {"Неверная подпись"}
    assert not Payment.objects.exists()
    found = said(door.call("sber2", **told))
    assert (found["result"], found["ext_id"]) == ("0", str(Payment.objects.get().pk))


def test_a_failure_of_ours_is_never_final(world, door, monkeypatch):
    def broken(*_args, **_told):
        raise OperationalError("the disk is full")

    monkeypatch.setattr(accepting, "credit_received", broken)
    assert said(door.call(**PAY))["result"] == "1"
    assert not AgentOperation.objects.exists()
    monkeypatch.undo()
    assert said(door.call(**PAY))["result"] == "0"
    assert world.owes() == -100_000
