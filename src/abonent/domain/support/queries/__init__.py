"""Reads of support; frozen dataclasses."""

from abonent.domain.support.queries.faq import faq
from abonent.domain.support.queries.outages import news, outages, watch_of
from abonent.domain.support.queries.ratings import (
    RatingView,
    own_ratings,
    rated_quarters,
    rating_comments,
    rating_results,
)
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
    "RatingView",
    "TicketLine",
    "TicketView",
    "faq",
    "file_of_ticket",
    "news",
    "outages",
    "own_ratings",
    "own_ticket",
    "promised_term",
    "queue",
    "rated_quarters",
    "rating_comments",
    "rating_results",
    "staff_ticket",
    "tickets_of",
    "topic_of_fact",
    "topics",
    "watch_of",
]
