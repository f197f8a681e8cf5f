"""From our answer to a network's XML: made of stored values, so equal calls get equal bytes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.adapters.agents import flat_xml
from abonent.adapters.agents.asking import pairs_of
from abonent.adapters.agents.dialect import Dialect
from abonent.common.money import plain_roubles
from abonent.domain.payments.ports import AgentCall, AgentReply
from abonent.domain.payments.rules import (
    AgentAnswer,
    Asked,
    CancelAsked,
    PayAsked,
    StatusAsked,
    Verdict,
)
from abonent.domain.payments.rules.words import VERDICT_TEXTS

_GOOD = frozenset({Verdict.ACCEPTED, Verdict.CANCELLED})


def write(
    call: AgentCall, asked: Asked, answer: AgentAnswer, dialect: Dialect, zone: ZoneInfo
) -> AgentReply:
    """Say the answer in the dialect."""
    meaning = _meaning(asked)
    tags = dialect.answers.get(meaning) or dialect.answers["check"]
    told = _values(call, answer, dialect, zone)
    elements = [
        (tag, told[what])
        for tag, what in tags
        if what != "fields" and (told[what] or tag in dialect.always)
    ]
    screen = [("Плательщик", answer.name)] if answer.name else []
    if answer.owed is not None:
        screen.append(("К оплате", told["owed"] or "0.00"))
    inner = "".join(flat_xml.lines(tag, screen) for tag, what in tags if what == "fields")
    body = flat_xml.document(dialect.root, elements, inner, dialect.encoding)
    return AgentReply(body, f"text/xml; charset={dialect.encoding}")


def _meaning(asked: Asked) -> str:
    names = {PayAsked: "pay", CancelAsked: "cancel", StatusAsked: "status"}
    return names.get(type(asked), "check")


def _values(
    call: AgentCall, answer: AgentAnswer, dialect: Dialect, zone: ZoneInfo
) -> dict[str, str]:
    """Return all that a tag may say, "" for what there is not."""
    good = answer.verdict in _GOOD
    owed = answer.owed or 0
    return {
        "number": _number(call, dialect),
        "code": dialect.code(answer.verdict, repeated=answer.repeated),
        "comment": VERDICT_TEXTS[answer.verdict],
        "ours": str(answer.ours) if good and answer.ours else "",
        "sum": plain_roubles(answer.amount) if good and answer.amount is not None else "",
        "moment": _moment(answer.at, dialect, zone) if good else "",
        "name": answer.name,
        # A sum to recommend is one above zero (RULES 6.1).
        "owed": plain_roubles(owed) if owed > 0 else "",
    }


def _number(call: AgentCall, dialect: Dialect) -> str:
    """Return the number that the call bears, if it is one: nothing else is sent back."""
    try:
        text = pairs_of(call, dialect.encoding).get(dialect.parameters["number"], "").strip()
    except flat_xml.Unreadable:
        return ""
    return text if dialect.number_pattern.fullmatch(text) else ""


def _moment(at: datetime | None, dialect: Dialect, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime(dialect.moment_format) if at else ""
