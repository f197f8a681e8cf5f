"""Linking an account to a user within the classes of evidence of TRUST B5.

Every verb answers an account that exists and one that does not with the same words after
the same work. What went wrong is returned, not raised: the try must be counted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from abonent.common.periods import Period
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts.models import (
    AccountAccess,
    CustomerAccount,
    LinkRequest,
    SpentBillCode,
)
from abonent.domain.accounts.operations.access import end_expired, grant_access, record_access
from abonent.domain.accounts.operations.limits import (
    after_a_wrong_try,
    count_try,
    exhausted,
    take_turn,
)
from abonent.domain.accounts.operations.notices import tell_of_pending_link
from abonent.domain.accounts.queries.bill_codes import bill_code_for, comparable_bill_code
from abonent.domain.accounts.queries.cards import address_of
from abonent.domain.accounts.queries.linking import contacts_on_file, known_facts
from abonent.domain.accounts.rules import (
    PENDING_FOR,
    AccessRole,
    AccessState,
    Evidence,
    evidence_matches,
)
from abonent.domain.identity import queries as identity

NOT_PROVEN = (
    "По этим данным счёт добавить не получилось. Проверьте номер и остальное по последней "
    "квитанции."
)
LINKED = "Лицевой счёт добавлен."
WAITING = (
    "Лицевой счёт добавлен и пока закрыт: платить и передавать показания можно, данные "
    "откроются через трое суток или сразу – по коду."
)
# The bill of a month comes in the next one, and people keep it lying for a while.
_MONTHS_OF_CODES = 3


class LinkState(StrEnum):
    """How a try to link ended."""

    ACTIVE = "active"
    PENDING = "pending"
    REFUSED = "refused"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True)
class LinkOutcome:
    """The result of a try, with words for the person."""

    state: LinkState
    text: str
    opens_at: datetime | None = None

    @property
    def linked(self) -> bool:
        """Tell whether the account is in the cabinet now, open or waiting."""
        return self.state in (LinkState.ACTIVE, LinkState.PENDING)


@requires_transaction
def link_by_evidence(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    given: Mapping[str, str],
    asked: Collection[str],
    facts: Mapping[str, Collection[str]],
    objection_url: str,
    now: datetime,
) -> LinkOutcome:
    """Link by what a stranger might know too: the link waits 72 hours, its owner is told.

    ``given`` is what was typed and ``asked`` what the preset asks (see ``rules.WEAK_FIELDS``);
    ``facts`` are values that rooms above know, such as ``last_paid`` in roubles. In
    ``objection_url`` the word ``{token}`` becomes the signed mark of this link. When the
    user has already proven the very mailbox or telephone that stands in the contract, the
    link opens at once. At most 5 tries a day of a user, 3 on an account over all users.
    """
    take_turn(user_id=user_id, supplier_id=supplier_id, number=number)
    live = _live_link(user_id, supplier_id, number, now)
    if live is not None:
        return _as_it_stands(live, now)
    if said := exhausted(user_id=user_id, supplier_id=supplier_id, number=number, now=now):
        return LinkOutcome(LinkState.EXHAUSTED, said)
    known = known_facts(supplier_id=supplier_id, number=number)
    account_id = known.account_id or 0
    matches = evidence_matches(given, {**known.values, **facts}, asked)
    proven = bool(account_id) and matches and not _was_objected(user_id, account_id)
    count_try(user_id=user_id, supplier_id=supplier_id, number=number, succeeded=proven, now=now)
    if not proven:
        return _not_proven(user_id, supplier_id, number, now)
    if _holds_contact(user_id, supplier_id, number):
        return _open(user_id, supplier_id, number, Evidence.CONTACT_CODE, now)
    link = AccountAccess.objects.create(
        supplier_id=supplier_id,
        account_id=account_id,
        user_id=user_id,
        role=AccessRole.OWNER,
        state=AccessState.PENDING,
        evidence=Evidence.WEAK,
        asked_at=now,
        opens_at=now + PENDING_FOR,
    )
    record_access(link, user_id, "account_link_asked", {"asked": sorted(asked)}, now)
    tell_of_pending_link(link=link, number=number, objection_url=objection_url, now=now)
    return LinkOutcome(LinkState.PENDING, WAITING, link.opens_at)


@outermost
def link_by_bill_code(
    *, user_id: int, supplier_id: int, number: str, code: str, now: datetime
) -> LinkOutcome:
    """Open the account at once to whoever holds its paper bill: a code, good once a month.

    The codes of this month and of the two before are taken. Tries count against the user's
    5 a day; a wrong code and a wrong number get the same answer.
    """
    take_turn(user_id=user_id, supplier_id=supplier_id, number=number)
    live = _live_link(user_id, supplier_id, number, now)
    owns = live is not None and live.role == AccessRole.OWNER
    if live is not None and owns and live.state == AccessState.ACTIVE:
        return _as_it_stands(live, now)
    if said := exhausted(user_id=user_id, supplier_id=supplier_id, number=None, now=now):
        return LinkOutcome(LinkState.EXHAUSTED, said)
    account = _find(supplier_id, number)
    account_id = account.pk if account else 0
    month = Period.of(now.date())
    months = [month.plus(-back) for back in range(_MONTHS_OF_CODES)]
    typed = comparable_bill_code(code)
    fitting = [
        period
        for period in months
        if typed
        == comparable_bill_code(
            bill_code_for(supplier_id=supplier_id, account_id=account_id, period=period)
        )
    ]
    spent = set(
        SpentBillCode.objects.filter(
            account_id=account_id, month__in=[period.first_day for period in fitting]
        ).values_list("month", flat=True)
    )
    unspent = [period for period in fitting if period.first_day not in spent]
    proven = account is not None and bool(unspent)
    count_try(user_id=user_id, supplier_id=supplier_id, number=number, succeeded=proven, now=now)
    if not proven:
        return _not_proven(user_id, supplier_id, None, now)
    SpentBillCode.objects.create(
        account_id=account_id, month=unspent[0].first_day, user_id=user_id, spent_at=now
    )
    return _open(user_id, supplier_id, number, Evidence.BILL_CODE, now)


@requires_transaction
def remember_link_request(
    *, user_id: int, supplier_id: int, number: str, given: Mapping[str, str], now: datetime
) -> None:
    """Keep what a person gave at sign-up until they have proven a contact and signed in."""
    LinkRequest.objects.update_or_create(
        supplier_id=supplier_id,
        user_id=user_id,
        defaults={"account_number": number, "given": dict(given), "asked_at": now},
    )


@requires_transaction
def take_link_request(*, user_id: int, supplier_id: int) -> tuple[str, dict[str, str]] | None:
    """Return and forget the number and the evidence given at sign-up, or None."""
    row = LinkRequest.objects.filter(supplier_id=supplier_id, user_id=user_id).first()
    if row is None:
        return None
    row.delete()
    return row.account_number, dict(row.given)


def open_link(
    *, user_id: int, supplier_id: int, number: str, evidence: Evidence, now: datetime
) -> LinkOutcome:
    """Open a proven link; for the verbs of this room that have checked a code."""
    return _open(user_id, supplier_id, number, evidence, now)


def _open(
    user_id: int, supplier_id: int, number: str, evidence: Evidence, now: datetime
) -> LinkOutcome:
    """Open the account to its user and show the address that was found by its number."""
    account_id = grant_access(
        user_id=user_id,
        supplier_id=supplier_id,
        number=number,
        evidence=evidence,
        actor_id=user_id,
        now=now,
    )
    account = CustomerAccount.objects.select_related("house").get(pk=account_id)
    where = address_of(account)
    said = f"{LINKED} Его адрес: {where}. Не ваш? Уберите счёт из кабинета." if where else LINKED
    return LinkOutcome(LinkState.ACTIVE, said)


def _not_proven(user_id: int, supplier_id: int, number: str | None, now: datetime) -> LinkOutcome:
    """Say that it did not fit and how many tries are left; alike for every number."""
    left = after_a_wrong_try(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    return LinkOutcome(LinkState.REFUSED, f"{NOT_PROVEN} {left}")


def _find(supplier_id: int, number: str) -> CustomerAccount | None:
    """Return the account of this number."""
    return CustomerAccount.objects.filter(supplier_id=supplier_id, number=number).first()


def _live_link(user_id: int, supplier_id: int, number: str, now: datetime) -> AccountAccess | None:
    """Return the user's own link to this number that lives."""
    own = AccountAccess.objects.filter(
        user_id=user_id, supplier_id=supplier_id, account__number=number
    )
    for account_id in own.filter(ends_at__lte=now).values_list("account_id", flat=True):
        end_expired(user_id=user_id, account_id=account_id, now=now)
    return own.exclude(state=AccessState.REVOKED).first()


def _as_it_stands(link: AccountAccess, now: datetime) -> LinkOutcome:
    """Return what a link already is: trying again changes nothing."""
    if link.state == AccessState.ACTIVE or link.opens_at <= now:
        return LinkOutcome(LinkState.ACTIVE, LINKED)
    return LinkOutcome(LinkState.PENDING, WAITING, link.opens_at)


def _was_objected(user_id: int, account_id: int) -> bool:
    """Tell whether somebody has objected to this user before: then only a code helps."""
    return AccountAccess.objects.filter(
        user_id=user_id, account_id=account_id, objected_at__isnull=False
    ).exists()


def _holds_contact(user_id: int, supplier_id: int, number: str) -> bool:
    """Tell whether the user has proven the mailbox or telephone that the contract names."""
    user = identity.user_view(user_id)
    on_file = contacts_on_file(supplier_id=supplier_id, number=number)
    return bool(
        (user.email and user.email == on_file.email) or (user.phone and user.phone == on_file.phone)
    )
