"""The built-in outbox: what would have been sent, only where the town is a demonstration."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from abonent.domain.messaging import queries as messaging
from abonent.domain.messaging.queries import MessageView
from abonent.interfaces.public.supplier import open_frame

_LINK = re.compile(r"(https?://[^\s<>\"]+)")
_CHANNELS = {"email": "Письмо", "sms": "СМС", "push": "Push"}


@dataclass(frozen=True)
class Piece:
    """A piece of a letter: plain text, or an address that can be followed."""

    text: str
    is_link: bool


@dataclass(frozen=True)
class Shown:
    """A message with its text cut into pieces."""

    message: MessageView
    channel: str
    pieces: tuple[Piece, ...]


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest messages first; outside a demonstration there is no such page."""
    if not settings.DEMO:
        raise Http404
    supplier = request.supplier  # type: ignore[attr-defined]  # set by a middleware or a library without types
    recipient = request.GET.get("to", "").strip()
    found = messaging.recent_messages(
        supplier_id=supplier.id if supplier else None, recipient=recipient
    )
    context = {
        "frame": open_frame(request),
        "letters": [_shown(message) for message in found],
        "recipient": recipient,
    }
    return render(request, "public/outbox/outbox.html", context)


def _shown(message: MessageView) -> Shown:
    """Cut a message at its links, so that the template escapes every piece by itself."""
    parts = _LINK.split(message.body)
    return Shown(
        message=message,
        channel=_CHANNELS[message.channel],
        pieces=tuple(Piece(part, bool(_LINK.fullmatch(part))) for part in parts if part),
    )
