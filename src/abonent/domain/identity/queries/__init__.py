"""Reads of users and of what they agreed to."""

from abonent.domain.identity.queries.codes import codes_issued_for, codes_issued_to
from abonent.domain.identity.queries.users import (
    ConsentView,
    UserView,
    consents_of,
    has_password,
    user_by_email,
    user_by_login,
    user_by_phone,
    user_view,
    user_views,
)

__all__ = [
    "ConsentView",
    "UserView",
    "codes_issued_for",
    "codes_issued_to",
    "consents_of",
    "has_password",
    "user_by_email",
    "user_by_login",
    "user_by_phone",
    "user_view",
    "user_views",
]
