"""Refusals of the machine room: the operator reads them on standard error."""

from abonent.common.refusals import Refusal


class ServerRefusal(Refusal):
    """The database server cannot be started or used; the text says what to do."""
