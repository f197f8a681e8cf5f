"""The commands of EXCHANGE called from tests: in this process, or as a program of its own."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection

DATA = Path(__file__).resolve().parent / "data"


def run(*arguments: str) -> tuple[int, str, str]:
    """Call a command here; returns (exit code, standard output, standard error)."""
    from abonent.common.refusals import Refusal

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            call_command(*arguments, stdout=out, stderr=err)
        except SystemExit as left:
            return int(left.code or 0), out.getvalue(), err.getvalue()
        except Refusal as refusal:
            return 1, out.getvalue(), f"{err.getvalue()}{refusal.text}"
    return 0, out.getvalue(), err.getvalue()


def statement(supplier: str, account: str, period: str, *more: str) -> dict:
    code, out, err = run("statement", "--supplier", supplier, "--account", account,
                         "--period", period, "--json", *more)  # fmt: skip
    assert code == 0, err
    return json.loads(out)


def night_after(month: str) -> None:
    """Let the first night after a month close the suppliers' books."""
    from abonent.common import clock
    from abonent.common.periods import Period
    from abonent.domain.ledger.operations import close_days
    from abonent.domain.suppliers.queries import all_suppliers

    before = Period(*map(int, month.split("-"))).plus(1).first_day
    for supplier in all_suppliers():
        assert close_days(supplier_id=supplier.id, before=before, now=clock.now())


def database_url() -> str:
    """Return the address of the database that this test uses, for a program of its own."""
    given = connection.settings_dict
    user, password = quote(given["USER"]), quote(given["PASSWORD"])
    secret = f"{user}:{password}@" if password else f"{user}@"
    return f"postgresql://{secret}/{given['NAME']}?host={quote(str(given['HOST']), safe='')}&port={given['PORT']}"


def program(*arguments: str, crash_at: str = "") -> subprocess.CompletedProcess:
    """Run ``abonent`` as a process of its own on this test's database."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "ABONENT_CRASH_AT": crash_at}
    environment["DJANGO_SETTINGS_MODULE"] = "abonent.config.settings"
    return subprocess.run(
        [sys.executable, "-m", "abonent.config.cli", *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
