"""Who lives at an account, benefits and subsidies of a bundle: merged as sets."""

from dataclasses import replace
from datetime import datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, load_all, refused_rows
from abonent.common.frames import execute
from abonent.common.transactions import requires_transaction

RESIDENCY = {
    "account_id": "bigint", "valid_from": "date", "valid_to": "date", "residents": "integer",
    "temporary": "integer",
}  # fmt: skip
BENEFIT = {
    "account_id": "bigint", "service_id": "bigint", "valid_from": "date", "valid_to": "date",
    "persons": "integer", "percent": "numeric", "funded": "varchar",
}  # fmt: skip
TRANSFERRED = Reason(
    "amount",
    "субсидия уже перечислена и зачислена на счёт",
    "верните прежнюю строку, а ошибку отмените строкой kind=cancel в payments.csv",
)
SUBSIDY = {
    "account_id": "bigint", "period": "date", "amount": "bigint", "transferred": "boolean",
}  # fmt: skip


@requires_transaction
def load_residents(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the numbers of residents those of the rows, by account and first day.

    Columns are those of RESIDENCY. Refuses nothing: another number of people in a billed
    month is corrected by billing. Source: EXCHANGE residents.csv; PP 354 p. 56–58.
    """
    target = Target(
        "accounts_residency",
        ("account_id", "valid_from"),
        ("valid_to", "residents", "temporary"),
        {"supplier_id": supplier_id},
        known_at=now,
    )
    return load_all("stage_residency", RESIDENCY, target, rows)


@requires_transaction
def load_benefits(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the benefits those of the rows, by account, service and first day.

    Columns are those of BENEFIT; ``percent`` of the charge of one person. Refuses nothing.
    Source: EXCHANGE benefits.csv; RULES 2.8.
    """
    target = Target(
        "accounts_benefit",
        ("account_id", "service_id", "valid_from"),
        ("valid_to", "persons", "percent", "funded"),
        {"supplier_id": supplier_id},
        known_at=now,
    )
    return load_all("stage_benefit", BENEFIT, target, rows)


@requires_transaction
def load_subsidies(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the subsidies those of the rows, by account and month; kopecks.

    Columns are those of SUBSIDY. Refuses another sum of one that was transferred, and to
    take a transfer back: it has been credited like a payment. Source: EXCHANGE
    subsidies.csv; RULES 2.8.
    """
    target = Target(
        "accounts_subsidy",
        ("account_id", "period"),
        ("amount", "transferred"),
        {"supplier_id": supplier_id},
    )

    def check() -> None:
        execute(
            f"UPDATE stage_subsidy s SET refused = 1 FROM accounts_subsidy t "
            f"WHERE {target.same_key()} AND t.transferred "
            f"AND {target.different(rows.has(target.values))}"
        )

    loaded = load_all("stage_subsidy", SUBSIDY, target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_subsidy", [TRANSFERRED]))
