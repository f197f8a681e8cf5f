"""Verbs of support: the classifier, appeals and their answers, frequent questions, ratings."""

from abonent.domain.support.operations.answering import (
    answer_ticket,
    ask_author,
    look_at_ticket,
    route_ticket,
    take_ticket,
)
from abonent.domain.support.operations.course import UnfitText
from abonent.domain.support.operations.faq import define_faq
from abonent.domain.support.operations.files import read_file
from abonent.domain.support.operations.outages import (
    UnfitAnnouncement,
    announce_outage,
    ask_watch,
    confirm_watch,
    end_outage,
    end_watch,
    forget_unconfirmed,
    publish_news,
)
from abonent.domain.support.operations.own import (
    Appeal,
    TooMany,
    add_to_ticket,
    close_ticket,
    open_ticket,
    reopen_ticket,
    withdraw_ticket,
)
from abonent.domain.support.operations.ratings import rate
from abonent.domain.support.operations.topics import define_topics

__all__ = [
    "Appeal",
    "TooMany",
    "UnfitAnnouncement",
    "UnfitText",
    "add_to_ticket",
    "announce_outage",
    "answer_ticket",
    "ask_author",
    "ask_watch",
    "close_ticket",
    "confirm_watch",
    "define_faq",
    "define_topics",
    "end_outage",
    "end_watch",
    "forget_unconfirmed",
    "look_at_ticket",
    "open_ticket",
    "publish_news",
    "rate",
    "read_file",
    "reopen_ticket",
    "route_ticket",
    "take_ticket",
    "withdraw_ticket",
]
