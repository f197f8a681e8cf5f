"""kill -9 while papers get their numbers and files: no number is lost, none is given twice."""

import hashlib
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from checker_bundle import Department
from commands import program, run

pytestmark = pytest.mark.django_db(transaction=True)
FIRMS = 25
DOCUMENTS = ("documents", "--supplier", "check", "--period", "2026-08")


@pytest.fixture
def firms(tmp_path):
    department = Department(tmp_path)
    head = "account;kind;category;residents;organisation_class;opened_on;closed_on;full_name;inn\n"
    department.files["accounts.csv"] = head
    for number in map(str, range(1, FIRMS + 1)):
        department.add(
            "accounts", f"{number};organisation;mkd;;general;2015-03-01;;ООО «{number}»;7204000019"
        )
        department.agreement(number, price="5")
        department.meter(number, f"m{number}")
        department.readings(number, f"m{number}", {"2026-07-24": 0, "2026-08-24": 10 * int(number)})
    department.send()
    assert department.bill("2026-08")[0] == 0


def papers():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT series, ordinal, account_id, prepared_at IS NOT NULL
                 FROM invoicing_closingdocument ORDER BY 1, 2"""
        )
        return cursor.fetchall()


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, kind, content FROM documents_document ORDER BY 1, 2")
        return {
            (subject, kind): hashlib.sha256(bytes(content)).hexdigest()
            for subject, kind, content in cursor.fetchall()
        }


def whole():
    """Return what must be true at the end: every number once, no gaps, every file made."""
    found = papers()
    for series in ("invoice", "tax"):
        assert [row[1] for row in found if row[0] == series] == list(range(1, FIRMS + 1))
    assert all(row[3] for row in found)
    assert len({(row[0], row[2]) for row in found}) == 2 * FIRMS
    assert len(kept()) == 3 * FIRMS
    assert run("audit", "--supplier", "check")[0] == 0


def test_a_kill_between_papers_and_their_counter_gives_no_number(firms):
    for point in ("invoicing.issued", "invoicing.numbered"):
        killed = program(*DOCUMENTS, crash_at=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert papers() == []
    assert program(*DOCUMENTS).returncode == 0
    whole()


def test_a_kill_among_the_files_is_taken_up_where_it_was(firms):
    killed = program(*DOCUMENTS, crash_at="invoicing.kept:2")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = kept()
    assert 0 < len(before) < 3 * FIRMS
    again = program(*DOCUMENTS)
    assert again.returncode == 0, again.stderr
    assert "в секунду на ядро" in again.stderr
    whole()
    assert before.items() <= kept().items()


def test_two_commands_at_once_give_each_number_once(firms):
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: program(*DOCUMENTS), range(2)))
    assert [one.returncode for one in ended] == [0, 0], [one.stderr for one in ended]
    whole()
