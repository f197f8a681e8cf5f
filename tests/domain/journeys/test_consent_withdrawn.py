"""What ends with a consent, and who is erased by night."""

from datetime import timedelta

import pytest
from django.db import transaction

from abonent.common.refusals import NotFound
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.models import AccountAccess, LinkRequest
from abonent.domain.accounts.rules import AccessState, Evidence
from abonent.domain.identity.models import Consent, User
from abonent.domain.identity.rules import ERASED_AFTER, ERASED_WITHIN, Purpose, needed_consents
from abonent.domain.journeys.delete_cabinet import erase_withdrawn
from abonent.domain.journeys.withdraw_consent import withdraw_consent
from abonent.domain.suppliers.models import Supplier
from agreed import agree
from town import NOW, Town, build_town

CABINET = {
    "consents": {purpose: {"title": "т", "text": "т", "version": "1"} for purpose in Purpose}
}


@pytest.fixture
def town(db: None) -> Town:
    return build_town(CABINET)


def link(town: Town) -> None:
    with transaction.atomic():
        accounts.grant_access(
            user_id=town.owner_id, supplier_id=town.supplier_id, number=town.number,
            evidence=Evidence.STAFF, actor_id=None, now=NOW,
        )  # fmt: skip


def withdraw(town: Town, purpose: Purpose, supplier_id: int = 0) -> None:
    withdraw_consent(
        user_id=town.owner_id, supplier_id=supplier_id or town.supplier_id, purpose=purpose, now=NOW
    )


def erased(town: Town) -> bool:
    return User.objects.get(pk=town.owner_id).erased_at is not None


def test_what_a_supplier_needs_is_what_its_sign_up_asks_and_has_a_text():
    assert needed_consents(CABINET) == (Purpose.TERMS, Purpose.PERSONAL_DATA)
    one = {**CABINET, "sign_up": {"consents": ["personal_data"]}}
    assert needed_consents(one) == (Purpose.PERSONAL_DATA,)
    assert needed_consents({}) == ()


def test_without_the_consent_the_accounts_of_this_supplier_leave_the_cabinet(town: Town):
    agree(town.owner_id, town.supplier_id, NOW)
    link(town)
    AccountAccess.objects.update(alias="Мама")
    LinkRequest.objects.create(
        supplier_id=town.supplier_id, user_id=town.owner_id, account_number="1", asked_at=NOW
    )
    withdraw(town, Purpose.PERSONAL_DATA)
    access = AccountAccess.objects.get()
    assert (access.state, access.revoked_at, access.alias) == (AccessState.REVOKED, NOW, "")
    assert not LinkRequest.objects.exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(NotFound):
        withdraw(town, Purpose.TERMS)


def test_mailings_alone_end_and_the_cabinet_stays(town: Town):
    agree(town.owner_id, town.supplier_id, NOW, *Purpose)
    link(town)
    withdraw(town, Purpose.MAILINGS)
    assert AccountAccess.objects.get().state == AccessState.ACTIVE
    assert Consent.objects.filter(withdrawn_at=None).count() == 2


def test_a_consent_to_one_supplier_is_none_to_another(town: Town):
    other = Supplier.objects.create(code="other", name="Другой", cabinet=CABINET)
    agree(town.owner_id, town.supplier_id, NOW)
    agree(town.owner_id, other.pk, NOW)
    link(town)
    withdraw(town, Purpose.PERSONAL_DATA, other.pk)
    assert AccountAccess.objects.get().state == AccessState.ACTIVE
    assert Consent.objects.filter(supplier_id=town.supplier_id, withdrawn_at=None).count() == 2
    erase_withdrawn(now=NOW + ERASED_WITHIN)
    assert not erased(town), "the first supplier may still know them"


def test_whoever_withdrew_is_erased_within_thirty_days(town: Town):
    agree(town.owner_id, town.supplier_id, NOW)
    withdraw(town, Purpose.TERMS)
    assert erase_withdrawn(now=NOW + ERASED_AFTER - timedelta(seconds=1)) == 0
    assert not erased(town)
    assert erase_withdrawn(now=NOW + ERASED_AFTER) == 1
    assert erased(town)
    assert erase_withdrawn(now=NOW + ERASED_WITHIN) == 0
    assert ERASED_AFTER < ERASED_WITHIN


def test_whoever_agreed_again_or_never_agreed_is_not_erased(town: Town):
    agree(town.owner_id, town.supplier_id, NOW)
    withdraw(town, Purpose.PERSONAL_DATA)
    agree(town.owner_id, town.supplier_id, NOW + timedelta(days=3))
    assert erase_withdrawn(now=NOW + ERASED_WITHIN) == 0
    assert not User.objects.exclude(erased_at=None).exists()


def test_an_account_opened_at_the_office_keeps_the_cabinet(town: Town):
    agree(town.owner_id, town.supplier_id, NOW)
    withdraw(town, Purpose.PERSONAL_DATA)
    link(town)
    assert erase_withdrawn(now=NOW + ERASED_WITHIN) == 0
    assert AccountAccess.objects.get().state == AccessState.ACTIVE
