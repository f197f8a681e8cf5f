"""Two billing commands of one month at once: each waits for the chunk that the other holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries
from abonent.domain.billing.models import RunChunk
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.workers import draft
from bundles import NOW
from checker_bundle import Department

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST = Period(2026, 8)


def test_a_draft_waits_for_the_chunk_that_another_command_holds(tmp_path):
    department = Department(tmp_path)
    for number in ("1", "2", "3"):
        department.metered(number, {"2026-07-24": 0, "2026-08-24": 100})
    department.send()
    supplier_id = suppliers.get_supplier("check").id
    run = billing.open_run(
        supplier_id=supplier_id, period=AUGUST, as_of=AUGUST.last_day, now=NOW, chunk=1
    )
    free = queries.run_progress(run_id=run.id).chunks - 1

    def drafted():
        return queries.run_progress(run_id=run.id).drafted

    def draft_apart():
        try:
            draft(run, 1, lambda: None)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            RunChunk.objects.select_for_update().filter(run_id=run.id).first()
            waiting = pool.submit(draft_apart)
            while drafted() < free:
                assert not waiting.done()
        waiting.result(timeout=60)
    assert drafted() == free + 1
