"""Verbs of billing: runs, postings, opening balances, restored bills."""

from abonent.domain.billing.operations.agreements import (
    load_amnesties,
    load_instalments,
    load_suspensions,
)
from abonent.domain.billing.operations.amnesty import (
    apply_amnesty,
    declare_amnesty,
    write_off_penalties,
)
from abonent.domain.billing.operations.bill_letters import (
    TooManyLetters,
    ask_for_bills,
    confirm_bills,
    deliver_bills,
    send_bill,
    subscribe_to_bills,
)
from abonent.domain.billing.operations.left_out import bill_left_out
from abonent.domain.billing.operations.notices import load_debt_notices, record_debt_notices
from abonent.domain.billing.operations.opening import load_opening_debts
from abonent.domain.billing.operations.posting import settle_advance
from abonent.domain.billing.operations.restore import restore_bills
from abonent.domain.billing.operations.run import (
    RunView,
    bill_batch,
    open_run,
    publish_batch,
    publish_run,
    resume_run,
    run_parameters,
    start_publication,
)
from abonent.domain.billing.operations.schedules import load_schedules

__all__ = [
    "RunView",
    "TooManyLetters",
    "apply_amnesty",
    "ask_for_bills",
    "bill_batch",
    "bill_left_out",
    "confirm_bills",
    "declare_amnesty",
    "deliver_bills",
    "load_amnesties",
    "load_debt_notices",
    "load_instalments",
    "load_opening_debts",
    "load_schedules",
    "load_suspensions",
    "open_run",
    "publish_batch",
    "publish_run",
    "record_debt_notices",
    "restore_bills",
    "resume_run",
    "run_parameters",
    "send_bill",
    "settle_advance",
    "start_publication",
    "subscribe_to_bills",
    "write_off_penalties",
]
