"""Who works for a supplier, and what they may do."""

from dataclasses import dataclass

from abonent.domain.identity.models import StaffRole
from abonent.domain.identity.rules import RIGHTS, Right, Role


@dataclass(frozen=True)
class StaffMember:
    """A living role of a person."""

    role_id: int
    user_id: int
    role: Role
    branch: str


@dataclass(frozen=True)
class Warrant:
    """What a person may do for a supplier: their roles, each with its branch or for all ("")."""

    user_id: int
    supplier_id: int
    posts: tuple[tuple[Role, str], ...]

    def may(self, right: Right) -> bool:
        """Tell whether the person has the right anywhere."""
        return any(right in RIGHTS[role] for role, _ in self.posts)

    def branches(self, right: Right) -> frozenset[str] | None:
        """Return the branches in which the person has the right; None means all of them."""
        found = frozenset(branch for role, branch in self.posts if right in RIGHTS[role])
        return None if "" in found else found


def warrant_of(*, user_id: int, supplier_id: int) -> Warrant | None:
    """Return what the person may do for the supplier; None for who does not work there.

    A blocked person may do nothing. One statement.
    """
    rows = StaffRole.objects.filter(
        user_id=user_id, supplier_id=supplier_id, ended_at=None, user__is_active=True
    ).order_by("pk")
    posts = tuple((Role(row.role), row.branch) for row in rows)
    return Warrant(user_id, supplier_id, posts) if posts else None


def staff_of(*, supplier_id: int) -> list[StaffMember]:
    """Return the living roles at the supplier, the oldest first."""
    rows = StaffRole.objects.filter(supplier_id=supplier_id, ended_at=None)
    return [
        StaffMember(row.pk, row.user_id, Role(row.role), row.branch)
        for row in rows.order_by("given_at", "pk")
    ]
