"""``abonent bench receipts``: bills as PDF against the least that any PDF costs here.

Ours: the bill gathered, put into words, set in type as a tagged PDF, kept and noted in the
journal. The limit: the statements that ours was seen to read by, sent bare, a sheet of one
line set by the same engine to the same standards, and the same bytes written to a table like
the one that keeps documents. The engine's start on each sheet is in both; what lies between
is gathering, wording and the setting of a whole bill.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import typst
from django.db import connection

from abonent.common import clock
from abonent.domain.billing.operations.document import bill_document
from abonent.domain.documents.operations.typeset import PAPER, STANDARDS
from abonent.interfaces.jobs.bench.pages import billed
from abonent.interfaces.jobs.bench.tape import recorded, send_again
from abonent.interfaces.jobs.bench.world import MONTH, build

BILLS = 100
_LINE = """#set document(title: "Счёт")
#set page(paper: "a4")
#set text(font: "Source Sans 3", lang: "ru")
= Счёт #sys.inputs.at("account", default: "")
"""


def measure(accounts: int) -> dict[str, Any]:
    """Render the bills of some accounts for the first time; ratio = our time / the limit's."""
    build(accounts)
    billed()
    count = max(1, min(BILLS, (accounts - 1) // 2))
    _render(accounts)  # the engine reads its fonts once
    ours, sizes = [], []
    for account in range(1, count + 1):
        started = time.perf_counter()
        sizes.append(_render(account))
        ours.append(time.perf_counter() - started)
    limit = _limit(range(count + 1, 2 * count + 1), sizes)
    return {
        "bench": "receipts",
        "accounts": accounts,
        "bills": count,
        "receipts_per_second": round(1 / median(ours), 1),
        "limit_per_second": round(1 / median(limit), 1),
        "bytes": int(median(sizes)),
        "ratio": round(median(ours) / median(limit), 2),
    }


def _render(account: int) -> int:
    file = bill_document(
        supplier_id=1, account_id=account, period=MONTH, actor_id=None, now=clock.now()
    )
    return len(file.content)


def _limit(accounts: range, sizes: list[int]) -> list[float]:
    """Return the seconds of reading, setting one line and writing the bytes, bill by bill."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS limit_document")
        cursor.execute("CREATE TABLE limit_document (LIKE documents_document INCLUDING ALL)")
    with tempfile.TemporaryDirectory() as folder:
        line = Path(folder) / "line.typ"
        line.write_text(_LINE, encoding="utf-8")
        return _lines(_compiler(line), accounts, sizes)


def _compiler(line: Path) -> typst.Compiler:
    """Return the engine with the faces of a bill and the sheet of one line."""
    return typst.Compiler(
        str(line),
        root=str(line.parent),
        font_paths=[str(PAPER / "fonts")],
        ignore_system_fonts=True,
    )


def _lines(compiler: typst.Compiler, accounts: range, sizes: list[int]) -> list[float]:
    compiler.compile(format="pdf", pdf_standards=[*STANDARDS], timestamp=0)
    times = []
    for account, size in zip(accounts, sizes, strict=True):
        with recorded() as statements:
            _render(account)
        reads = [one for one in statements if one.lstrip().startswith(("SELECT", "WITH"))]
        # What the engine has set before it does not set again: the line is another each time.
        started = time.perf_counter()
        compiler.compile(
            format="pdf",
            pdf_standards=[*STANDARDS],
            timestamp=account,
            sys_inputs={"account": str(account)},
        )
        send_again(reads)
        _write(account, size)
        times.append(time.perf_counter() - started)
    return times


def _write(account: int, size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO limit_document (supplier_id, kind, subject, period, title, amount, code,
                      sha256, size, content, rendered_at)
               VALUES (1, 'bill', %s, %s, 'Счёт', 0, %s, repeat('0', 64), %s, %s, now())""",
            [f"account:{account}", MONTH.first_day, str(account), size, bytes(size)],
        )
