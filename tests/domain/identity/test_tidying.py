"""What is past is removed by night; what a limit still counts stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from abonent.domain.identity import operations
from abonent.domain.identity.models import OneTimeCode, SmsRequest, User
from abonent.domain.identity.rules import CodePurpose

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_old_codes_and_counts_go_and_recent_ones_stay():
    user = User.objects.create_user(login="anna", password=None)
    for days in (31, 1):
        moment = NOW - timedelta(days=days)
        with transaction.atomic():
            operations.issue_code(
                user_id=user.pk, purpose=CodePurpose.LINK_ACCOUNT, subject=str(days), now=moment
            )
            operations.pass_over_sms(number="+79122000417", address="", now=moment)
    Session.objects.create(session_key="old", expire_date=NOW - timedelta(days=1))
    Session.objects.create(session_key="new", expire_date=NOW + timedelta(days=1))

    operations.forget_expired(now=NOW)

    assert OneTimeCode.objects.get().subject == "1"
    assert SmsRequest.objects.count() == 1
    assert Session.objects.get().session_key == "new"


def test_a_limit_that_still_counts_is_not_washed_away():
    cache.set("limit", 1, timeout=3600)
    operations.forget_expired(now=timezone.now())
    assert cache.get("limit") == 1
    operations.forget_expired(now=timezone.now() + timedelta(hours=2))
    assert cache.get("limit") is None


def test_counts_of_limits_survive_more_entries_than_the_cache_keeps_by_default():
    cache.set("limit", 1, timeout=3600)
    for at in range(320):
        cache.set(f"other-{at}", 1, timeout=3600)
    assert cache.get("limit") == 1
