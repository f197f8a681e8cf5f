"""The chain of seals: what stands is sealed once, what is changed afterwards is named."""

import hashlib

import pytest
from django.db import connection
from test_post import NOW, commit, paid, post

from abonent.domain.ledger import operations, queries
from abonent.domain.ledger.models import Seal
from abonent.domain.ledger.operations import sealing

pytestmark = pytest.mark.django_db
LEND = "GRANT UPDATE, DELETE ON ledger_transfer, ledger_entry, ledger_seal TO CURRENT_USER"


@pytest.fixture(autouse=True)
def _first_number():
    """Let the numbers begin anew: how many seals there are depends on them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE ledger_transfer_id_seq RESTART")


def seal():
    commit()
    return operations.seal_ledger(now=NOW)


def post_some(count, first=1):
    return [
        post(f"key:{place}", paid(5, 100 + place)).transfer_id
        for place in range(first, first + count)
    ]


def broken():
    return [(one.text, one.breaches, one.example) for one in queries.invariants() if one.breaches]


def tamper(*statements):
    """Do what only the owner of the tables can: lend himself the rights, stop the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = ("ledger_transfer", "ledger_entry", "ledger_seal")
        cursor.execute(LEND)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(LEND.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))


def test_what_stands_is_sealed_once_and_the_rest_the_next_night():
    last = post_some(3)[-1]
    assert seal() == 1
    assert seal() == 0
    first = queries.chain_head()
    assert (first.seals, first.last_transfer) == (1, last)
    again = post_some(2, first=4)[-1]
    assert seal() == 1
    assert queries.chain_head().last_transfer == again
    one, two = Seal.objects.order_by("pk")
    assert (one.transfers, one.entries, two.transfers) == (3, 6, 2)
    assert bytes(two.previous) == bytes(one.hash) != bytes(two.hash)
    assert broken() == []


def test_a_hash_binds_the_one_before_it_the_content_and_the_counts():
    """Anybody can reckon it anew without this program."""
    post_some(3)
    seal()
    post_some(2, first=4)
    seal()
    before = b""
    for one in Seal.objects.order_by("pk"):
        counts = (one.first_id, one.last_id, one.transfers, one.entries, one.turnover)
        told = before + bytes(one.content) + "|".join(map(str, counts)).encode()
        assert bytes(one.hash) == hashlib.sha256(told).digest()
        before = bytes(one.hash)


def test_a_long_day_is_sealed_in_ranges_that_can_be_named(monkeypatch):
    monkeypatch.setattr(sealing, "RANGE", 2)
    last = post_some(5)[-1]
    assert seal() == 3
    assert [one.transfers for one in Seal.objects.order_by("pk")] == [2, 2, 1]
    tamper(f"UPDATE ledger_transfer SET note = 'другое' WHERE id = {last}")
    ((text, count, example),) = broken()
    assert (text, count) == ("Цепочка печатей сходится с проводками", 1)
    assert f"{last}" in example
    assert "содержание изменено" in example


def test_an_empty_ledger_has_nothing_to_seal_or_to_break():
    assert seal() == 0
    assert queries.chain_head().hash == ""
    assert broken() == []


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("UPDATE ledger_entry SET amount = -amount", "содержание изменено"),
        ("UPDATE ledger_transfer SET recorded_at = recorded_at + interval '1 second'",
         "содержание изменено"),
        ("DELETE FROM ledger_entry WHERE transfer_id = {0}; DELETE FROM ledger_transfer WHERE id = {0}",
         "было 3, стало 2"),
        (("INSERT INTO ledger_transfer (id, supplier_id, subject_id, recorded_at, happened_on, reason,"
         " key, fingerprint) SELECT -1, 7, 5, now(), now(), 4, 'added', fingerprint"
         " FROM ledger_transfer WHERE id = {0};"
         " UPDATE ledger_seal SET first_id = -1"), "было 3, стало 4"),
        ("UPDATE ledger_seal SET content = sha256('')", "содержание изменено"),
        ("UPDATE ledger_seal SET hash = sha256('')", "цепочка переписана"),
        ("UPDATE ledger_seal SET previous = sha256('')", "цепочка переписана"),
    ],
)  # fmt: skip
def test_whatever_is_done_to_what_is_sealed_is_found(deed, told):
    place = post_some(3)[1]
    seal()
    tamper(deed.format(place))
    found = {text: example for text, _, example in broken()}
    assert told in found["Цепочка печатей сходится с проводками"]


def test_an_edit_names_its_transfer_before_it_is_sealed():
    post_some(3)
    commit()
    tamper("UPDATE ledger_entry SET amount = amount * 2 WHERE abs(amount) = 102")
    assert broken() == [("Отпечаток каждой проводки сходится с её строками", 1, "key:2")]
