"""A cabinet believed stolen: closed at once under a number, opened again by staff (MISSION A11)."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from abonent.common.refusals import NotFound
from abonent.common.transactions import requires_transaction
from abonent.domain.identity.models import BlockRequest, User
from abonent.domain.identity.operations.users import end_sessions
from abonent.domain.identity.queries.blocks import BlockView, block_view
from abonent.domain.identity.rules import BlockChannel, block_number, read_block_number
from abonent.domain.journal import operations as journal

_LONGEST_WHY = 200


@requires_transaction
def block_user(
    *,
    user_id: int,
    supplier_id: int | None,
    channel: BlockChannel,
    actor_id: int | None,
    why: str,
    suspected_since: datetime | None,
    now: datetime,
) -> BlockView:
    """Close the cabinet at once: no sign-in, every session ends; return the numbered request.

    A cabinet that is closed already keeps its first request. Refuses with NotFound when
    there is no such person.
    """
    user = User.objects.select_for_update().filter(pk=user_id, erased_at=None).first()
    if user is None:
        raise NotFound("Такого кабинета нет.")
    standing = BlockRequest.objects.filter(user_id=user_id, lifted_at=None).first()
    if standing is not None:
        return block_view(standing)
    user.is_active, user.blocked_at, user.blocked_why = False, now, why[:_LONGEST_WHY]
    user.save(update_fields=["is_active", "blocked_at", "blocked_why"])
    end_sessions(user_id, "")
    request = BlockRequest.objects.create(
        user_id=user_id,
        supplier_id=supplier_id,
        channel=channel,
        actor_id=actor_id,
        why=why[:_LONGEST_WHY],
        suspected_since=suspected_since,
        asked_at=now,
    )
    _record(request, actor_id, "user_blocked", {"channel": channel, "why": why}, now)
    return block_view(request)


@requires_transaction
def unblock_user(*, number: str, actor_id: int | None, why: str, now: datetime) -> BlockView:
    """Open a blocked cabinet again, by the number of its request; return the request.

    Whoever stole it must not come back: the password is forgotten, and so are the keys added
    since the suspected moment. The person sets a new password by «Не помню пароль». Refuses
    with NotFound when no request of this number stands.
    """
    request = (
        BlockRequest.objects.select_for_update()
        .filter(pk=read_block_number(number), lifted_at=None)
        .first()
    )
    if request is None:
        text = f"Заявки «{number}» нет, или кабинет уже открыт. Проверьте номер."
        raise NotFound(text, field="number")
    user = User.objects.get(pk=request.user_id)
    user.is_active, user.blocked_at, user.blocked_why = True, None, ""
    user.set_unusable_password()
    user.save()
    Authenticator.objects.filter(
        user_id=user.pk, created_at__gte=request.suspected_since or request.asked_at
    ).delete()
    request.lifted_at, request.lifted_by = now, actor_id
    request.lifted_why = why[:_LONGEST_WHY]
    request.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    _record(request, actor_id, "user_unblocked", {"why": why}, now)
    return block_view(request)


def _record(
    request: BlockRequest,
    actor_id: int | None,
    action: str,
    details: dict[str, object],
    now: datetime,
) -> None:
    journal.record(
        supplier_id=request.supplier_id,
        actor_id=actor_id,
        action=action,
        subject=f"user:{request.user_id}",
        details={"number": block_number(request.pk), **details},
        now=now,
    )
