"""Refusals: HTTP 200 with a code, in one of the three shapes that the engine is known for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bank_simulator.records import Json

NO_BINDING = "2"
SAME_NUMBER, WRONG_CURRENCY, WRONG_FIELD, NO_ACCESS, NO_ORDER, BROKEN = "1", "3", "4", "5", "6", "7"

ACTIONS = {"insufficient_funds": 116, "expired_on_confirmation": -2007}
"""The bank's reason → the action code a shop reads; every other reason is 5, plain decline."""
PLAIN_DECLINE, APPROVED = 5, 0


def error_body(code: str, message: str, shape: int) -> Json:
    """Return the JSON of a refusal in the shape of this number."""
    shapes: tuple[Json, ...] = (
        {"errorCode": code, "errorMessage": message},
        {"ErrorCode": code, "ErrorMessage": message},
        {"error": {"code": code, "message": message}},
    )
    return shapes[shape % len(shapes)]
