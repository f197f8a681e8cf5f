"""Transactions: an operation either is the outermost one or requires one."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def outermost(operation: Callable[P, R]) -> Callable[P, R]:
    """Make the operation one whole transaction, committed when it returns.

    Calling it inside another transaction is a programming error, save in tests that
    wrap each case in one of their own.
    """

    @wraps(operation)
    def committed(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return operation(*args, **kwargs)

    return committed


def requires_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run the operation outside a transaction: it must not stand alone."""

    @wraps(operation)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            name = getattr(operation, "__qualname__", str(operation))
            message = f"{name} must be called inside a transaction"
            raise RuntimeError(message)
        return operation(*args, **kwargs)

    return inside
