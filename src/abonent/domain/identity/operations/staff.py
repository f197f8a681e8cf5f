"""Who works for which supplier: roles are given and end, each in the journal."""

from datetime import datetime

from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.identity.models import StaffRole, User
from abonent.domain.identity.rules import Role
from abonent.domain.journal import operations as journal


class NoCabinet(Refusal):
    """Only a person with a living cabinet can work here."""


@requires_transaction
def give_role(
    *, user_id: int, supplier_id: int, role: Role, branch: str, actor_id: int | None, now: datetime
) -> int:
    """Let a person work for the supplier in this role; an empty branch means all branches.

    From now on the person is staff, who cannot delete the cabinet alone. A role that the
    person has already is returned as it is. Refuses with NoCabinet when the cabinet is
    blocked or erased.
    """
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        text = "Кабинета нет или он заблокирован. Заведите сотруднику кабинет и повторите."
        raise NoCabinet(text)
    row, made = StaffRole.objects.get_or_create(
        user=user,
        supplier_id=supplier_id,
        role=role,
        branch=branch,
        ended_at=None,
        defaults={"given_at": now, "given_by_id": actor_id},
    )
    if made:
        User.objects.filter(pk=user_id).update(is_staff=True)
        _record(row, actor_id, "role_given", now)
    return int(row.pk)


@requires_transaction
def end_role(*, role_id: int, supplier_id: int, actor_id: int | None, now: datetime) -> None:
    """End a role from the next request on; the last one makes a customer of the person again.

    Refuses with NotFound when the supplier has no such living role.
    """
    row = (
        StaffRole.objects.select_for_update()
        .filter(pk=role_id, supplier_id=supplier_id, ended_at=None)
        .first()
    )
    if row is None:
        text = "Такой роли нет или она уже снята."
        raise NotFound(text)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    if not StaffRole.objects.filter(user_id=row.user_id, ended_at=None).exists():
        User.objects.filter(pk=row.user_id).update(is_staff=False)
    _record(row, actor_id, "role_ended", now)


def _record(row: StaffRole, actor_id: int | None, action: str, now: datetime) -> None:
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=actor_id,
        action=action,
        subject=f"user:{row.user_id}",
        details={"role": row.role, "branch": row.branch},
        now=now,
    )
