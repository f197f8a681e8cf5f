"""How many one-time codes were asked for: the limits of other rooms rest on it."""

from datetime import datetime

from abonent.domain.identity.models import OneTimeCode
from abonent.domain.identity.rules import CodePurpose


def codes_issued_to(*, user_id: int, purpose: CodePurpose, since: datetime) -> int:
    """Return how many codes of a purpose a user asked for since a moment."""
    return OneTimeCode.objects.filter(user_id=user_id, purpose=purpose, issued_at__gt=since).count()


def codes_issued_for(*, subject: str, purpose: CodePurpose, since: datetime) -> int:
    """Return how many codes of a purpose all users asked for about one thing."""
    return OneTimeCode.objects.filter(subject=subject, purpose=purpose, issued_at__gt=since).count()
