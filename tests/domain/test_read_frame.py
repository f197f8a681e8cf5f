"""Frames read from the database are the same whether they have few rows or many."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from django.db import connection

from abonent.common import frames

pytestmark = pytest.mark.django_db
SCHEMA = {
    "id": pl.Int64, "small": pl.Int16, "text": pl.String, "yes": pl.Boolean, "day": pl.Date,
    "at": pl.Datetime("us", "UTC"), "exact": pl.Decimal(38, 6),
}  # fmt: skip
ROWS = """SELECT * FROM (VALUES
    (1::bigint, 7::smallint, 'дом, "стр. 2"' || chr(10) || 'кв. 5', true, '2026-11-24'::date,
     '2026-11-24 10:00:00.25+00'::timestamptz, 12.5::numeric),
    (-2, NULL, '', false, '1999-01-01', '2026-01-01 00:00:00+00', -0.000001),
    (3, NULL, NULL, NULL, NULL, NULL, NULL)) t ORDER BY 1 DESC"""


def test_few_rows_are_read_as_many_are(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Yekaterinburg'")
    few = frames.read_frame(ROWS, SCHEMA)
    assert few["text"].to_list() == [None, 'дом, "стр. 2"\nкв. 5', ""]
    assert few["at"].to_list()[1] == datetime(2026, 11, 24, 10, 0, 0, 250_000, tzinfo=UTC)
    assert few["day"].to_list()[2] == date(1999, 1, 1)
    assert few["exact"].to_list()[1:] == [Decimal("12.5"), Decimal("-0.000001")]
    assert few["yes"].to_list() == [None, True, False]
    monkeypatch.setattr(frames, "FEW_BYTES", 0)
    assert few.equals(frames.read_frame(ROWS, SCHEMA))
    assert few.schema == frames.read_frame(f"{ROWS} LIMIT 0", SCHEMA).schema


def test_the_versions_of_rows_are_others_after_any_change_and_only_then():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (of_whom int, price int)")
        cursor.execute("INSERT INTO kept VALUES (1, 10), (2, 20)")
        seen = [versions()]
        assert versions() == seen[0]
        cursor.execute("INSERT INTO kept VALUES (2, 30)")
        assert versions() == seen[0], "another's row is not ours"
        for change in (
            "UPDATE kept SET price = 11 WHERE of_whom = 1",
            "UPDATE kept SET price = 10 WHERE of_whom = 1",
            "INSERT INTO kept VALUES (1, 10)",
            "DELETE FROM kept WHERE of_whom = 1",
        ):
            cursor.execute(change)
            seen.append(versions())
    assert len(set(seen)) == len(seen)


def versions() -> str:
    return frames.row_versions([("kept", "of_whom = %(one)s")], {"one": 1})
