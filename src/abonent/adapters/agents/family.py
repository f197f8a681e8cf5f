"""The agent of any network whose protocol is check and pay in plain XML: words are data."""

from dataclasses import dataclass

from abonent.adapters.agents import answering, asking
from abonent.adapters.agents.channel import Channel, WrongChannel
from abonent.adapters.agents.dialect import Dialect
from abonent.domain.payments.ports import AgentCall, AgentReply
from abonent.domain.payments.rules import AgentAnswer, AgentTerms, Asked


@dataclass(frozen=True)
class FamilyAgent:
    """A channel that speaks a dialect."""

    channel: Channel
    dialect: Dialect

    def __post_init__(self) -> None:
        """Refuse a channel that would take anybody for the agent."""
        if self.dialect.signature and not self.channel.secret:
            raise WrongChannel("протокол подписан: нужен secret_env или secret_file")
        if not self.dialect.signature and not self.channel.guarded:
            raise WrongChannel("канал открыт всем: задайте addresses, user или certificates")

    @property
    def terms(self) -> AgentTerms:
        """Return the terms of the channel."""
        return self.channel.terms

    def refusal(self, call: AgentCall) -> AgentReply | None:
        """Return what a caller gets who is not this agent."""
        return self.channel.refusal(call)

    def read(self, call: AgentCall) -> Asked:
        """Read what is asked."""
        return asking.read(call, self.dialect, self.channel.secret)

    def write(self, call: AgentCall, asked: Asked, answer: AgentAnswer) -> AgentReply:
        """Say the answer."""
        return answering.write(call, asked, answer, self.dialect, self.channel.zone)
