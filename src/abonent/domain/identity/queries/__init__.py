"""Reads of users and of what they agreed to."""

from abonent.domain.identity.queries.blocks import (
    BlockView,
    block_of,
    stolen_mark,
    user_of_stolen_mark,
)
from abonent.domain.identity.queries.codes import codes_issued_for, codes_issued_to
from abonent.domain.identity.queries.drafts import DraftView, draft_of, unfinished_draft
from abonent.domain.identity.queries.staff import (
    StaffMember,
    Warrant,
    staff_of,
    warrant_of,
)
from abonent.domain.identity.queries.users import (
    ConsentView,
    UserView,
    consents_of,
    has_password,
    is_password,
    missing_consents,
    staff_among,
    user_by_email,
    user_by_login,
    user_by_phone,
    user_view,
    user_views,
    users_without_consent,
)

__all__ = [
    "BlockView",
    "ConsentView",
    "DraftView",
    "StaffMember",
    "UserView",
    "Warrant",
    "block_of",
    "codes_issued_for",
    "codes_issued_to",
    "consents_of",
    "draft_of",
    "has_password",
    "is_password",
    "missing_consents",
    "staff_among",
    "staff_of",
    "stolen_mark",
    "unfinished_draft",
    "user_by_email",
    "user_by_login",
    "user_by_phone",
    "user_of_stolen_mark",
    "user_view",
    "user_views",
    "users_without_consent",
    "warrant_of",
]
