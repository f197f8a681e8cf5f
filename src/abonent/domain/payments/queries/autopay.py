"""Autopayments as pages know them, the letter's mark, and the invariant I15."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core import signing

from abonent.common.invariants import Invariant, measure
from abonent.common.money import Kopecks
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.rules import masked_number
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard
from abonent.domain.payments.rules.autopay import LIVING, OPEN, MandateState, TurnState, Why

STOP_SALT = "autopay.stop"
STOP_FOR = timedelta(days=35)


@dataclass(frozen=True)
class TurnView:
    """What the autopayment did, or is about to do, about one bill."""

    period: date
    state: TurnState
    why: str
    amount: Kopecks
    charge_at: datetime | None


@dataclass(frozen=True)
class AutopayView:
    """A living autopayment; ``next`` is a charge that the person has been told of."""

    uuid: UUID
    account_id: int
    card: str
    card_uuid: UUID | None
    ceiling: Kopecks
    fixed: Kopecks | None
    day: int
    state: MandateState
    created_at: datetime
    next: TurnView | None
    last: TurnView | None

    @property
    def paused(self) -> bool:
        """Tell whether it charges nothing until it is resumed."""
        return self.state == MandateState.PAUSED


@dataclass(frozen=True)
class StopView:
    """What a letter's mark may stop: the end of the account's number, and whether it still can."""

    account: str
    is_live: bool


def autopays_of(
    *, user_id: int, supplier_id: int, account_ids: Sequence[int]
) -> dict[int, AutopayView]:
    """Return the person's living autopayments of these accounts, by account."""
    rows = Autopay.objects.filter(
        user_id=user_id, supplier_id=supplier_id, account_id__in=account_ids, state__in=LIVING
    )
    return {row.account_id: autopay_view(row) for row in rows.order_by("pk")}


def autopay_view(row: Autopay) -> AutopayView:
    """Return an autopayment with its open turn and the last one that has ended."""
    turns = list(AutopayTurn.objects.filter(autopay_id=row.pk).order_by("-period", "-pk")[:2])
    coming = next((one for one in turns if one.state in OPEN), None)
    ended = next((one for one in turns if one.state not in OPEN), None)
    card = BoundCard.objects.filter(pk=row.card_id).first()
    return AutopayView(
        uuid=row.uuid,
        account_id=row.account_id,
        card=f"··{card.card[-4:]}" if card else "",
        card_uuid=card.uuid if card else None,
        ceiling=Kopecks(row.ceiling),
        fixed=Kopecks(row.fixed) if row.fixed is not None else None,
        day=row.day,
        state=MandateState(row.state),
        created_at=row.created_at,
        next=_turn(coming) if coming else None,
        last=_turn(ended) if ended else None,
    )


def stop_mark(autopay_uuid: UUID) -> str:
    """Return the signed mark of a letter that stops this autopayment and does nothing else."""
    return signing.dumps(str(autopay_uuid), salt=STOP_SALT)


def autopay_to_stop(*, token: str, supplier_id: int) -> StopView:
    """Return what a letter's mark may stop; reading it changes nothing (TRUST T37).

    Refuses with NotFound for a mark that is forged, older than 35 days or of another supplier.
    """
    try:
        uuid = UUID(signing.loads(token, salt=STOP_SALT, max_age=STOP_FOR))
        row = Autopay.objects.get(uuid=uuid, supplier_id=supplier_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError, Autopay.DoesNotExist):
        raise NotFound("Ссылка устарела или неполная. Остановите автоплатёж в кабинете.") from None
    number = account_numbers(supplier_id=supplier_id, account_ids=[row.account_id])
    return StopView(masked_number(number[row.account_id]), row.state in LIVING)


def _turn(row: AutopayTurn) -> TurnView:
    return TurnView(
        period=row.period,
        state=TurnState(row.state),
        why=row.why,
        amount=Kopecks(row.amount),
        charge_at=row.charge_at,
    )


# A payment that came to nothing without ever leaving is no charge.
_ONE_CHARGE = """
SELECT 'автоплатёж: счёт ' || t.account_id || ' за ' || t.period || ' списан дважды'
FROM payments_payment p JOIN payments_autopayturn t ON t.id = p.turn_id
WHERE p.tried_at IS NOT NULL AND p.state NOT IN ('declined', 'expired')
  AND (%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)
GROUP BY t.account_id, t.user_id, t.period HAVING count(*) > 1
UNION ALL
SELECT 'платёж ' || p.id || ' больше предела автоплатежа'
FROM payments_payment p JOIN payments_autopayturn t ON t.id = p.turn_id
WHERE p.amount > t.ceiling
  AND (%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)
UNION ALL
SELECT 'платёж ' || p.id || ' отправлен после отключения автоплатежа'
FROM payments_payment p
JOIN payments_autopayturn t ON t.id = p.turn_id
JOIN payments_autopay a ON a.id = t.autopay_id
WHERE a.state = 'stopped' AND p.tried_at > a.state_since + interval '1 minute'
  AND (%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)
UNION ALL
SELECT 'платёж ' || p.id || ' говорит об очереди, которой нет'
FROM payments_payment p LEFT JOIN payments_autopayturn t ON t.id = p.turn_id
WHERE p.turn_id IS NOT NULL AND t.id IS NULL
  AND (%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)
UNION ALL
SELECT 'нет уникального индекса ' || wanted.name
FROM (VALUES ('payment_turn_once'), ('autopay_turn_once'), ('autopay_once')) AS wanted (name)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    WHERE indexrelid = to_regclass(wanted.name) AND indisunique AND indisvalid
)
"""


def one_charge(*, supplier_id: int | None) -> Invariant:
    """Measure I15: one charge for a bill, never above the ceiling, never after the end."""
    return measure(
        code="I15",
        text="Автоплатёж списывает один раз за счёт, не больше предела и не после отключения",
        query=_ONE_CHARGE,
        parameters={"supplier": supplier_id},
    )


WHY_WORDS = {
    Why.ABOVE_CEILING: "сумма больше вашего предела",
    Why.UNUSUAL: "сумма намного больше обычной",
    Why.NOT_TOLD: "предупреждение не удалось отправить",
    Why.BUSY: "по счёту шёл другой платёж",
    Why.DECLINED: "банк отклонил списание",
    Why.CARD_EXPIRED: "срок карты истёк",
    Why.NOTHING_DUE: "платить было нечего",
    Why.BELOW_MINIMUM: "сумма меньше наименьшей для оплаты",
    Why.BY_PERSON: "вы его приостановили",
    Why.BY_LINK: "вы остановили его из письма",
}
