"""Reads of support; frozen dataclasses."""

from abonent.domain.support.queries.tickets import (
    TicketLine,
    TicketView,
    file_of_ticket,
    own_ticket,
    queue,
    staff_ticket,
    tickets_of,
)
from abonent.domain.support.queries.topics import promised_term, topic_of_fact, topics

__all__ = [
    "TicketLine",
    "TicketView",
    "file_of_ticket",
    "own_ticket",
    "promised_term",
    "queue",
    "staff_ticket",
    "tickets_of",
    "topic_of_fact",
    "topics",
]
