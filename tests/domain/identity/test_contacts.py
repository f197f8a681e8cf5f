"""A number that is only typed gives way to the one that is proven."""

from datetime import UTC, datetime, timedelta

import pytest

from abonent.domain.identity import operations, queries
from abonent.domain.identity.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PHONE = "+79122000417"


def _stranger(login: str) -> User:
    return User.objects.create_user(login=login, password=None)


def test_the_one_with_the_telephone_takes_the_number_from_the_one_who_typed_it() -> None:
    squatter, owner = _stranger("squatter"), _stranger("owner")
    operations.claim_phone(user_id=squatter.pk, phone=PHONE, now=NOW)
    operations.claim_phone(user_id=owner.pk, phone=PHONE, now=NOW)
    operations.prove_phone(user_id=owner.pk, phone=PHONE, now=NOW)

    found = queries.user_by_phone(PHONE)
    assert found is not None
    assert found.id == owner.pk
    squatter.refresh_from_db()
    assert squatter.phone is None


def test_a_number_that_is_not_proven_finds_nobody() -> None:
    user = _stranger("anna")
    operations.claim_phone(user_id=user.pk, phone=PHONE, now=NOW)
    assert queries.user_by_phone(PHONE) is None
    assert queries.user_view(user.pk).phone == ""


def test_a_sign_up_that_proved_nothing_is_removed_on_day_14() -> None:
    early, late, proven = _stranger("early"), _stranger("late"), _stranger("proven")
    User.objects.filter(pk__in=[early.pk, proven.pk]).update(joined_at=NOW - timedelta(days=14))
    User.objects.filter(pk=late.pk).update(joined_at=NOW - timedelta(days=13, hours=23))
    operations.prove_phone(user_id=proven.pk, phone=PHONE, now=NOW)

    assert operations.remove_unproven(now=NOW) == 1
    assert set(User.objects.values_list("login", flat=True)) == {"late", "proven"}


def test_who_gave_a_telephone_only_is_called_by_it_as_people_write_it() -> None:
    person = _stranger("")
    operations.claim_phone(user_id=person.pk, phone=PHONE, now=NOW)
    operations.prove_phone(user_id=person.pk, phone=PHONE, now=NOW)
    assert queries.user_view(person.pk).name == "+7\u00a0912\u00a0200-04-17"
