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
    "UnfitText",
    "add_to_ticket",
    "answer_ticket",
    "ask_author",
    "close_ticket",
    "define_faq",
    "define_topics",
    "look_at_ticket",
    "open_ticket",
    "rate",
    "read_file",
    "reopen_ticket",
    "route_ticket",
    "take_ticket",
    "withdraw_ticket",
]
