"""Refusals: HTTP 200 with ``Success: false`` and a code in words of digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bank_simulator.records import Json

WRONG_FIELD, WRONG_STATE, SAME_ORDER = "9", "8", "20"
UNKNOWN_TERMINAL, WRONG_TOKEN, TOO_SMALL, NOT_FOUND = "202", "204", "251", "255"
TOO_MUCH = "330"
NO_CHARGES, NO_RECURRENT, WRONG_INITIATOR = "10", "104", "1126"

DECLINES = {
    "insufficient_funds": "1051",
    "3d_secure_failed": "106",
    "card_expired": "1054",
    "issuer_unavailable": "1091",
    "invalid_csc": "1082",
    "payment_method_limit_exceeded": "1061",
    "payment_method_restricted": "1057",
    "permission_revoked": NO_RECURRENT,
}
"""The bank's reason → the code a shop reads; every other reason is 1005, no explanation."""
NO_EXPLANATION = "1005"


def error_body(code: str, details: str) -> Json:
    """Return the JSON of a refusal."""
    return {
        "Success": False,
        "ErrorCode": code,
        "Message": "Request was not carried out",
        "Details": details,
    }


def decline_code(reason: str) -> str:
    """Return the code of a refused card."""
    return DECLINES.get(reason, NO_EXPLANATION)
