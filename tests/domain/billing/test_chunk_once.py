"""A chunk counts once, however often and by however many it is taken (HOUSE 12)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing.models import Bill, Charge
from abonent.domain.billing.operations.posting import post_chunk
from abonent.domain.billing.operations.run import next_chunk
from abonent.domain.billing.rules.words import ChunkState
from abonent.domain.ledger import queries as ledger
from abonent.domain.suppliers import queries as suppliers
from bundles import NOW
from checker_bundle import Department

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST = Period(2026, 8)


@pytest.fixture
def supplier_id(tmp_path):
    department = Department(tmp_path)
    for number in ("1", "2", "3"):
        department.metered(number, {"2026-07-24": 0, "2026-08-24": 100})
    department.send()
    return suppliers.get_supplier("check").id


def opened(supplier_id):
    return billing.open_run(
        supplier_id=supplier_id, period=AUGUST, as_of=AUGUST.last_day, now=NOW, chunk=2
    )


def drafted(supplier_id):
    run = opened(supplier_id)
    while billing.bill_batch(run=run):
        pass
    return run


def test_a_draft_counted_anew_takes_the_place_of_the_first(supplier_id):
    for _ in range(2):
        drafted(supplier_id)
        assert [bill.charged for bill in Bill.objects.order_by("account_id")] == [64700] * 3
        assert Charge.objects.count() == 3


def test_two_workers_take_different_chunks(supplier_id):
    run = opened(supplier_id)

    def take():
        with transaction.atomic():
            chunk = next_chunk(run.id, ChunkState.WAITING)
        connection.close()
        return chunk.pk if chunk else None

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        mine = next_chunk(run.id, ChunkState.WAITING)
        assert mine is not None
        assert pool.submit(take).result(timeout=60) not in {mine.pk, None}


def test_a_chunk_posted_again_is_posted_once(supplier_id):
    run = drafted(supplier_id)
    billing.start_publication(run=run)
    span = [bill.account_id for bill in Bill.objects.order_by("account_id")]
    for minute in (0, 1):
        with transaction.atomic():
            post_chunk(supplier_id=supplier_id, period=AUGUST, first_id=span[0], last_id=span[-1],
                       now=NOW.replace(minute=minute))  # fmt: skip
        owed = ledger.balances_frame(supplier_id=supplier_id, first_id=span[0], last_id=span[-1])[
            "amount"
        ].to_list()
        assert owed == [64700] * 3
