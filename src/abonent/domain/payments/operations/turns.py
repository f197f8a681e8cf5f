"""The round of autopayments: what was told a day ago is charged, and its end is told."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from django.db.models import QuerySet

from abonent.common.crash import crash_point
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.messaging import queries as messaging
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard, Payment
from abonent.domain.payments.operations.announcing import (
    Addresses,
    look,
    notice_key,
    pay_address,
    scene,
    tell_why_not,
)
from abonent.domain.payments.operations.charging import CardExpired
from abonent.domain.payments.operations.mandates import stop_mandates
from abonent.domain.payments.operations.settling import send
from abonent.domain.payments.operations.starting import Intent, check, write_down
from abonent.domain.payments.queries.autopay import WHY_WORDS
from abonent.domain.payments.queries.terms import payment_terms
from abonent.domain.payments.queries.views import in_flight
from abonent.domain.payments.rules import CAME_TO_NOTHING, Purpose, decline_text
from abonent.domain.payments.rules.autopay import (
    MOST_ATTEMPTS,
    NOTICE,
    WAITS_AT_MOST,
    Judgement,
    MandateState,
    TurnState,
    Why,
)
from abonent.domain.payments.rules.cards import ByAutopay

_log = logging.getLogger("abonent.payments")

_AT_ONCE = 500


class _Aside(Refusal):
    """Found out under the locks: the charge is not made now, or not at all."""

    def __init__(self, verdict: Judgement) -> None:
        super().__init__(verdict.why)
        self.verdict = verdict


def run_autopays(*, addresses: Addresses, now: datetime) -> int:
    """Do what is due: tell how charges ended, make those told a day ago, tell of coming ones.

    Harmless to repeat and to run twice at once. One bill has one turn and one charge, never
    above what was announced or the ceiling of this moment. Returns how many turns moved; a
    mandate that cannot be finished now is left to the next round. No refusals.
    """
    charging = AutopayTurn.objects.filter(state=TurnState.CHARGING)
    due = AutopayTurn.objects.filter(state=TurnState.ANNOUNCED, charge_at__lte=now)
    looked = Autopay.objects.filter(next_look_at__lte=now)
    return (
        _each(charging, _conclude, addresses, now)
        + _each(due, _charge, addresses, now)
        + _each(looked, look, addresses, now)
    )


def _each(
    rows: QuerySet[Autopay] | QuerySet[AutopayTurn],
    act: Callable[[int, Addresses, datetime], int],
    addresses: Addresses,
    now: datetime,
) -> int:
    """Act on each row by itself; what the database refuses waits for the next round."""
    moved = 0
    for identifier in rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]:
        try:
            moved += act(identifier, addresses, now)
        except DatabaseError:
            _log.exception("an autopayment could not be finished: %s %s", act.__name__, identifier)
    return moved


def _charge(turn_id: int, addresses: Addresses, now: datetime) -> int:
    """Charge a bill that was announced, if all still stands as it was announced."""
    crash_point("autopay.chosen")
    turn = AutopayTurn.objects.get(pk=turn_id)
    mandate = Autopay.objects.get(pk=turn.autopay_id)
    found = scene(mandate, now)
    if found.account is None:
        return _stop(mandate, Why.NO_ACCESS, now)
    card = BoundCard.objects.filter(pk=mandate.card_id).first()
    if found.judgement.state is not None or card is None:
        return _end(turn_id, found.judgement, addresses, now)
    intent = Intent(
        supplier_id=turn.supplier_id,
        user_id=turn.user_id,
        purposes=(Purpose(turn.account_id, _sum(turn, found.judgement)),),
        key=f"autopay-{turn.uuid}-{turn.attempts}",
        return_url=pay_address(turn, addresses, now),
        means=ByAutopay(card.uuid, turn.pk),
        now=now,
    )
    try:
        terms = payment_terms(supplier_id=turn.supplier_id)
        check(intent, terms)
        row = write_down(
            intent, terms.channel, lambda intent: _confirm(intent, turn_id, mandate.card_id)
        )
    except _Aside as aside:
        return _end(turn_id, aside.verdict, addresses, now)
    except CardExpired:
        return _stop(mandate, Why.CARD_EXPIRED, now)
    except Refusal as refusal:
        _log.warning("autopayment turn %s waits: %s", turn_id, refusal.text)
        return _end(turn_id, Judgement(why=Why.BUSY), addresses, now)
    crash_point("autopay.row")
    send(row.pk, now=now)
    crash_point("autopay.answer")
    return 1 + _conclude(turn_id, addresses, now)


def _confirm(intent: Intent, turn_id: int, card_id: int) -> None:
    """Look once more at all that allows the charge, while nobody can change it.

    The account's turn among payments is held already, so a debt that another payment has
    just paid is seen as paid.
    """
    autopay_id = AutopayTurn.objects.values_list("autopay_id", flat=True).get(pk=turn_id)
    # The card, the mandate, the turn: in the order in which whoever takes them away locks them.
    list(BoundCard.objects.select_for_update().filter(pk=card_id))
    mandate = Autopay.objects.select_for_update().get(pk=autopay_id)
    turn = AutopayTurn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.ANNOUNCED:
        raise _Aside(Judgement())
    if mandate.state != MandateState.ACTIVE:
        raise _Aside(Judgement(state=TurnState.CANCELLED, why=Why.BY_PERSON))
    told_at = messaging.sent_at(key=notice_key(turn))
    if told_at is None or intent.now < told_at + NOTICE:
        raise _Aside(Judgement(why=Why.NOT_TOLD))
    if in_flight(supplier_id=turn.supplier_id, account_ids=[turn.account_id]):
        raise _Aside(Judgement(why=Why.BUSY))
    verdict = scene(mandate, intent.now).judgement
    if verdict.state is not None or _sum(turn, verdict) != intent.amount:
        raise _Aside(verdict)
    turn.state, turn.state_since = TurnState.CHARGING, intent.now
    turn.amount, turn.ceiling = intent.amount, mandate.ceiling
    turn.save(update_fields=["state", "state_since", "amount", "ceiling"])


def _conclude(turn_id: int, addresses: Addresses, now: datetime) -> int:
    """Learn from the payment how the turn ended; one that was paid knows it from the payment."""
    row = Payment.objects.filter(turn_id=turn_id).order_by("-pk").first()
    if row is None or row.state not in CAME_TO_NOTHING:
        return 0
    if row.tried_at is None:
        return _weigh_again(turn_id, now)
    return _fail(turn_id, decline_text(row.answer_word), addresses, now)


@outermost
def _weigh_again(turn_id: int, now: datetime) -> int:
    """Let a turn whose payment never left for the bank be weighed once more, a few times."""
    turn = AutopayTurn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.CHARGING:
        return 0
    active = Autopay.objects.filter(pk=turn.autopay_id, state=MandateState.ACTIVE).exists()
    again = active and turn.attempts + 1 < MOST_ATTEMPTS
    turn.state = TurnState.ANNOUNCED if again else TurnState.CANCELLED
    turn.state_since, turn.attempts = now, turn.attempts + 1
    turn.save(update_fields=["state", "state_since", "attempts"])
    return 1


@outermost
def _fail(turn_id: int, why: str, addresses: Addresses, now: datetime) -> int:
    """End a turn whose charge the bank did not make, and tell."""
    turn = AutopayTurn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.CHARGING:
        return 0
    turn.state, turn.state_since, turn.why = TurnState.FAILED, now, Why.DECLINED
    turn.save(update_fields=["state", "state_since", "why"])
    tell_why_not(turn, f"{why[:1].lower()}{why[1:]}".rstrip("."), addresses, now)
    return 1


@outermost
def _end(turn_id: int, verdict: Judgement, addresses: Addresses, now: datetime) -> int:
    """End a turn that is not charged, or let it wait; one that waits too long is told."""
    turn = AutopayTurn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.ANNOUNCED or turn.charge_at is None:
        return 0
    late = now >= turn.charge_at + WAITS_AT_MOST
    if verdict.state is None and not late:
        return 0
    turn.state = verdict.state or TurnState.REFUSED
    turn.state_since, turn.why = now, verdict.why or Why.BUSY
    turn.save(update_fields=["state", "state_since", "why"])
    if turn.state == TurnState.REFUSED:
        tell_why_not(turn, WHY_WORDS[Why(turn.why)], addresses, now)
    return 1


@outermost
def _stop(mandate: Autopay, why: Why, now: datetime) -> int:
    """End a mandate that can charge no more; its announced turn goes with it."""
    own = Autopay.objects.filter(pk=mandate.pk, state=mandate.state)
    return stop_mandates(own, why=why, actor_id=None, now=now)


def _sum(turn: AutopayTurn, verdict: Judgement) -> int:
    """Return what is charged: what may be now, never above what was announced."""
    return min(turn.amount, verdict.amount)
