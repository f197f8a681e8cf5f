"""The journal is only added to: the database itself refuses anything else."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from abonent.domain.journal import operations, queries
from abonent.domain.journal.models import JournalEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def record(action: str = "signed_in", subject: str = "user:5", actor_id: int | None = 5) -> int:
    return operations.record(
        supplier_id=None,
        actor_id=actor_id,
        action=action,
        subject=subject,
        details={"a": 1},
        now=NOW,
    )


def test_lines_are_read_by_subject_and_by_actor_newest_first():
    record("signed_in")
    record("signed_out")
    record("account_linked", subject="account:17")
    assert [line.action for line in queries.entries_for("user:5")] == ["signed_out", "signed_in"]
    assert len(queries.entries_of_actor(5)) == 3
    assert queries.entries_for("user:55") == []


@pytest.mark.parametrize(
    "act",
    [
        lambda: JournalEntry.objects.update(action="nothing"),
        lambda: JournalEntry.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE journal_journalentry"),
        lambda: connection.cursor().execute("DELETE FROM journal_journalentry"),
    ],
)
def test_nothing_is_changed_or_removed(act):
    record()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        act()
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_and_its_line_stand_or_fall_together():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        record()
