"""Signing up: what belongs to a new user beyond the sign-in itself, now and at first entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from abonent.common.transactions import outermost
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.operations import LinkOutcome
from abonent.domain.identity import operations as identity
from abonent.domain.identity.operations import ConsentGiven
from abonent.domain.journal import operations as journal
from abonent.domain.journeys.link_account import link_by_papers


@dataclass(frozen=True)
class AccountWanted:
    """The account a person names at sign-up and the evidence typed beside it."""

    number: str
    given: Mapping[str, str] = field(default_factory=dict)


@outermost
def sign_up(
    *,
    user_id: int,
    supplier_id: int,
    consents: Sequence[ConsentGiven],
    account: AccountWanted | None,
    address: str,
    user_agent: str,
    now: datetime,
) -> None:
    """Keep the consents of a new user and the account they want; nothing is linked yet.

    The account is tried at the first entry (``first_entry``), when a contact is proven:
    otherwise anybody could make its owner be told again and again. There are no refusals.
    """
    identity.give_consents(
        user_id=user_id,
        supplier_id=supplier_id,
        consents=consents,
        address=address,
        user_agent=user_agent,
        now=now,
    )
    if account is not None:
        accounts.remember_link_request(
            user_id=user_id,
            supplier_id=supplier_id,
            number=account.number,
            given=account.given,
            now=now,
        )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="signed_up",
        subject=f"user:{user_id}",
        details={},
        now=now,
    )


@outermost
def first_entry(
    *, user_id: int, supplier_id: int, objection_url: str, now: datetime
) -> LinkOutcome | None:
    """Try the account named at sign-up, once; None when none was named or it was tried.

    The outcome has the words for the person, as ``link_account`` has.
    """
    wanted = accounts.take_link_request(user_id=user_id, supplier_id=supplier_id)
    if wanted is None:
        return None
    number, given = wanted
    return link_by_papers(
        user_id=user_id,
        supplier_id=supplier_id,
        number=number,
        given=given,
        objection_url=objection_url,
        now=now,
    )
