"""Reading ahead: the next piece of a file is parsed while the last one is loaded."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield the items, the next one being made by a thread while this one is used.

    The making must not touch the database: connections belong to threads. An exception
    of the maker is raised at its place in the order.
    """
    made = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as maker:
        coming = maker.submit(next, made, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, made, None)
            yield item
