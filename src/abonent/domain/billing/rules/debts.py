"""When a debt allows a warning, and a warning a restriction (PP 354 p. 114–119). Pure."""

from datetime import date, timedelta

from abonent.domain.billing.rules.words import DebtStage

# Over two monthly payments by the norm; then twenty days from the delivery of the warning.
NORM_MONTHS = 2
DAYS_TO_PAY = timedelta(days=20)
# Heating is never restricted, cold water not in flats.
NEVER, NEVER_IN_FLATS = "heat", "cold_water"


def debt_stage(
    *, service_kind: str, is_flat: bool, limit: int | None, delivered_on: date | None, today: date
) -> DebtStage:
    """Return the stage of a debt that exceeds its limit, or whose limit is not known.

    The day after the twentieth day from the delivery is the first on which a restriction is
    allowed.
    """
    if limit is None:
        return DebtStage.NO_NORM
    if service_kind == NEVER or (is_flat and service_kind == NEVER_IN_FLATS):
        return DebtStage.NEVER_RESTRICTED
    if delivered_on is None:
        return DebtStage.OVER
    return DebtStage.MAY_RESTRICT if today > delivered_on + DAYS_TO_PAY else DebtStage.WARNED


def restrict_from(delivered_on: date) -> date:
    """Return the first day on which a restriction is allowed after a warning."""
    return delivered_on + DAYS_TO_PAY + timedelta(days=1)
