"""What was typed is kept for its author, by page and key; old drafts go."""

from datetime import UTC, datetime, timedelta

import pytest

from abonent.domain.identity import operations, queries
from abonent.domain.identity.models import Draft, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGE = "readings:7"


@pytest.fixture
def anna() -> int:
    return int(User.objects.create_user(login="anna", password=None).pk)


def keep(user_id: int, key: str, typed: str, now: datetime = NOW, page: str = PAGE) -> None:
    operations.keep_draft(user_id=user_id, page=page, key=key, content={"r1": typed}, now=now)


def offered(user_id: int, now: datetime = NOW) -> str:
    draft = queries.unfinished_draft(user_id=user_id, page=PAGE, now=now)
    return draft.content["r1"] if draft else ""


def test_a_draft_is_its_authors_by_page_and_key(anna: int):
    vera = int(User.objects.create_user(login="vera", password=None).pk)
    keep(anna, "a", "130")
    keep(anna, "b", "140")
    keep(anna, "a", "131")
    found = queries.draft_of(user_id=anna, page=PAGE, key="a")
    other = queries.draft_of(user_id=anna, page=PAGE, key="b")
    assert found is not None
    assert found.content == {"r1": "131"}
    assert other is not None
    assert other.content == {"r1": "140"}
    assert queries.draft_of(user_id=vera, page=PAGE, key="a") is None
    assert queries.draft_of(user_id=anna, page="payments:7", key="a") is None
    assert offered(vera) == ""


def test_what_was_typed_last_and_not_confirmed_is_offered_for_an_hour(anna: int):
    keep(anna, "a", "130")
    keep(anna, "b", "140", NOW + timedelta(minutes=1))
    assert offered(anna, NOW + timedelta(minutes=30)) == "140"
    operations.finish_draft(user_id=anna, page=PAGE, key="b", now=NOW)
    assert offered(anna, NOW + timedelta(minutes=30)) == "130"
    assert offered(anna, NOW + timedelta(minutes=60)) == ""
    assert queries.draft_of(user_id=anna, page=PAGE, key="b") is not None, "Back still shows it"


def test_only_a_few_latest_drafts_of_a_page_are_kept(anna: int):
    keep(anna, "elsewhere", "1", page="payments:7")
    for number in range(12):
        keep(anna, f"k{number}", str(number), NOW + timedelta(seconds=number))
    kept = Draft.objects.filter(page=PAGE).values_list("key", flat=True)
    assert sorted(kept) == sorted(f"k{number}" for number in range(2, 12))
    assert Draft.objects.filter(page="payments:7").count() == 1


def test_old_drafts_go_by_night(anna: int):
    keep(anna, "old", "1", NOW - timedelta(days=3))
    keep(anna, "new", "2", NOW - timedelta(days=1))
    operations.forget_expired(now=NOW)
    assert Draft.objects.get().key == "new"
