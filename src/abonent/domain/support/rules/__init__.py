"""Words of support. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class TopicKind(StrEnum):
    """What a customer wants when writing (trouble ticket kinds of IEC 61968-8)."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    FAULT = "fault"


TOPIC_KIND_NAMES = {
    TopicKind.QUESTION: "Вопрос",
    TopicKind.COMPLAINT: "Жалоба",
    TopicKind.SUGGESTION: "Предложение",
    TopicKind.FAULT: "Неисправность",
}


@dataclass(frozen=True)
class FaqLine:
    """A frequent question with its answer; ``topic`` is the appeals' topic it belongs to or ""."""

    question: str
    answer: str
    topic: str = ""


@dataclass(frozen=True)
class TopicLine:
    """One line of a classifier: ``answer_days`` are working days given for the answer."""

    code: str
    kind: TopicKind
    name: str
    hint: str
    department: str
    answer_days: int
