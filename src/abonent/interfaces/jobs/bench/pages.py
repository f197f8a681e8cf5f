"""``abonent bench pages``: the overview and the sheet of readings against their bare SQL.

Ours: requests through the whole stack of middleware, views and templates, in this process,
one after another, each of another person with an account and a published bill. The limit:
the very statements that such a request was seen to send, sent bare, and a template of the
finished page that has nothing to fill in. What lies between is views, forms and templates.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.template import engines
from django.test import Client

from abonent.common import clock
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.rules import Evidence
from abonent.domain.billing import operations as billing
from abonent.domain.identity import operations as identity
from abonent.interfaces.jobs.bench.tape import recorded, send_again
from abonent.interfaces.jobs.bench.world import MONTH, build
from abonent.interfaces.jobs.workers import WORKERS, draft, publish

PEOPLE = 30
SECONDS = 4.0
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PATHS = {"overview": "/bench/accounts/{number}/", "sheet": "/bench/accounts/{number}/readings/"}


def measure(accounts: int) -> dict[str, Any]:
    """Ask for pages of random people for some seconds; ratio = our time / the limit's."""
    build(accounts)
    billed()
    logging.getLogger("abonent.request").setLevel(logging.WARNING)
    people = [(_person(place), f"{place:010d}") for place in range(1, min(PEOPLE, accounts) + 1)]
    figures: dict[str, Any] = {"bench": "pages", "accounts": accounts}
    ours_in_all = limit_in_all = 0.0
    for name, path in PATHS.items():
        requests = [(client, path.format(number=number)) for client, number in people]
        ours, size = _ours(requests)
        limit = _limit(requests)
        figures |= {
            f"{name}_per_second": round(1 / ours, 1),
            f"{name}_limit_per_second": round(1 / limit, 1),
            f"{name}_bytes": size,
        }
        ours_in_all, limit_in_all = ours_in_all + ours, limit_in_all + limit
    return figures | {"ratio": round(ours_in_all / limit_in_all, 2)}


def billed() -> None:
    """Run and publish the month of the scratch world."""
    run = billing.open_run(supplier_id=1, period=MONTH, as_of=MONTH.last_day, now=clock.now())
    draft(run, WORKERS, _silent)
    publish(run, WORKERS, _silent)


def each(work: Sequence[Callable[[], object]]) -> float:
    """Do the work in turn for some seconds; return the seconds that one takes."""
    started, count = time.perf_counter(), 0
    for one in cycle(work):
        one()
        count += 1
        spent = time.perf_counter() - started
        if spent > SECONDS:
            break
    return spent / count


def _person(place: int) -> Client:
    """Return a browser signed in as somebody who sees one account."""
    now = clock.now()
    with transaction.atomic():
        user_id = identity.register_user(
            full_name=f"Абонент {place}",
            email=f"bench{place}@example.ru",
            phone="",
            password=secrets.token_urlsafe(),
            actor_id=None,
            now=now,
        )
        accounts.grant_access(
            user_id=user_id,
            supplier_id=1,
            number=f"{place:010d}",
            evidence=Evidence.STAFF,
            actor_id=None,
            now=now,
        )
    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(pk=user_id), backend=BACKEND)
    return client


def _ours(requests: Sequence[tuple[Client, str]]) -> tuple[float, int]:
    """Return the seconds of a request and the bytes of a page; every page must be one."""
    sizes = [len(_page(client, path)) for client, path in requests]
    return each([partial(_page, *one) for one in requests]), max(sizes)


def _page(client: Client, path: str) -> bytes:
    answer = client.get(path)
    if answer.status_code != 200:  # noqa: PLR2004 - a page, whatever else there is
        message = f"{path} отвечает {answer.status_code}"
        raise RuntimeError(message)
    return answer.content


def _limit(requests: Sequence[tuple[Client, str]]) -> float:
    """Return the seconds that the same statements and a finished template take."""
    work = []
    for client, path in requests:
        with recorded() as statements:
            page = _page(client, path).decode()
        finished = engines["django"].from_string(f"{{% verbatim %}}{page}{{% endverbatim %}}")
        work.append((list(statements), finished))
    return each([partial(_bare, *one) for one in work])


def _bare(statements: Sequence[str], finished: Any) -> bytes:
    send_again(statements)
    text: str = finished.render()
    return text.encode()


def _silent() -> None:
    """Say nothing: the progress of a bench is its result."""
