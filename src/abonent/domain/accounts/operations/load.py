"""Houses, accounts and agreements of a bundle: merged as sets, never row by row."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl

from abonent.common.bulk import (
    Loaded,
    Reason,
    Rows,
    Target,
    count,
    load_all,
    next_ids,
    refused_rows,
    stage,
)
from abonent.common.frames import copy_frame, execute
from abonent.common.sorting import sort_keys
from abonent.common.transactions import requires_transaction

HOUSE = {
    "code": "varchar", "locality": "varchar", "street": "varchar", "number": "varchar",
    "letter": "varchar", "corpus": "varchar", "area_total": "numeric", "area_common": "numeric",
    "area_excluded": "numeric", "has_heat_meter": "boolean", "heating_scheme": "varchar",
    "heating_months": "varchar", "management": "varchar", "cold_region": "boolean",
    "hot_water_dead_end": "boolean", "power_sources": "smallint", "sort_key": "varchar",
}  # fmt: skip
_ADDRESS = ("locality", "street", "number", "letter", "corpus")
CUSTOMER = {
    "full_name": "varchar", "inn": "varchar", "kpp": "varchar", "organisation_class": "varchar",
    "email": "varchar", "phone": "varchar", "sort_key": "varchar",
}  # fmt: skip
ACCOUNT = {
    "unified_account": "varchar", "kind": "varchar", "category": "varchar",
    "premises": "varchar", "house_id": "bigint", "flat": "varchar", "flat_extension": "varchar",
    "branch": "varchar", "area": "numeric", "residents": "integer", "owners": "integer",
    "opened_on": "date", "closed_on": "date",
}  # fmt: skip
AGREEMENT = {
    "account_id": "bigint", "service_id": "bigint", "contract_number": "varchar",
    "valid_from": "date", "valid_to": "date", "tariff_category": "varchar", "zones": "varchar",
    "meter_possible": "boolean", "heating": "varchar", "terms": "jsonb",
}  # fmt: skip
_NEXT_CUSTOMER = "nextval('accounts_customer_id_seq')"
_TERMS_OF_BILLS = ("tariff_category", "zones", "meter_possible", "heating", "terms")
PUBLISHED_AGREEMENT = Reason(
    "valid_from",
    "на условиях этой строки уже выставлены счета",
    "закройте её днём valid_to и добавьте строку с новым valid_from",
)


@requires_transaction
def load_houses(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the supplier's houses those of the rows, by code; others stay.

    Columns are those of HOUSE but ``sort_key``; areas in m² as exact decimals. Refuses
    nothing. Source: EXCHANGE houses.csv.
    """
    key = sort_keys(pl.concat_str(_ADDRESS, separator=" "))
    frames = (frame.with_columns(key.alias("sort_key")) for frame in rows.frames)
    given = rows.given | ({"sort_key"} if rows.has(_ADDRESS) else set())
    target = Target(
        "accounts_house", ("supplier_id", "code"), tuple(HOUSE)[1:], {"supplier_id": supplier_id}
    )
    return load_all("stage_house", HOUSE, target, Rows(frames, frozenset(given)))


@requires_transaction
def load_accounts(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the supplier's accounts and their customers those of the rows, by number.

    Columns: ``number``, those of ACCOUNT, those of CUSTOMER but ``sort_key``. Each account
    has a customer of its own. Refuses nothing: a changed area or household concerns the
    bills to come, the published ones stand as they are. Source: EXCHANGE accounts.csv.
    """
    accounts = Target(
        "accounts_customeraccount", ("supplier_id", "number"), tuple(ACCOUNT),
        {"supplier_id": supplier_id},
    )  # fmt: skip
    frames = (_with_sort_key(frame) for frame in rows.frames)
    if accounts.is_empty(supplier_id):
        return Loaded(sum(_fill_accounts(supplier_id, frame) for frame in frames))
    staged = stage(
        "stage_account",
        {
            "number": "varchar", **ACCOUNT, **CUSTOMER,
            "customer_id": f"bigint DEFAULT {_NEXT_CUSTOMER}",
        },
        frames,
    )  # fmt: skip
    given = rows.given | ({"sort_key"} if "full_name" in rows.given else set())
    return _merge_accounts(accounts, staged, Rows((), frozenset(given)))


def _fill_accounts(supplier_id: int, frame: pl.DataFrame) -> int:
    """COPY accounts of a supplier that had none, each with its customer."""
    ids = next_ids("accounts_customer", frame.height)
    owned = frame.with_columns(
        ids.alias("id"), ids.alias("customer_id"), pl.lit(supplier_id).alias("supplier_id")
    )
    copy_frame("accounts_customer", owned, ["id", "supplier_id", "kind", *CUSTOMER])
    columns = ["supplier_id", "number", "customer_id", *ACCOUNT]
    return copy_frame("accounts_customeraccount", owned, columns)


def _with_sort_key(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(sort_keys(pl.col("full_name")).alias("sort_key"))


def _insert_accounts(accounts: Target, condition: str) -> int:
    """Insert the staged accounts that meet the condition, each with its customer."""
    supplier = accounts.fixed["supplier_id"]
    people = ", ".join(f'"{name}"' for name in CUSTOMER)
    fields = ", ".join(f'"{name}"' for name in ACCOUNT)
    execute(
        f"INSERT INTO accounts_customer (id, supplier_id, kind, {people}) "
        f"SELECT customer_id, {supplier}, kind, {people} FROM stage_account s "
        f"WHERE {condition} ORDER BY at_line"
    )
    return execute(
        f"INSERT INTO accounts_customeraccount (supplier_id, number, customer_id, {fields}) "
        f"SELECT {supplier}, number, customer_id, {fields} FROM stage_account s "
        f"WHERE {condition} ORDER BY at_line"
    )


def _merge_accounts(accounts: Target, staged: int, rows: Rows) -> Loaded:
    """Insert new accounts and update those that differ, with their customers."""
    table, same = accounts.table, accounts.same_key()
    changing, personal = rows.has(ACCOUNT), rows.has([*CUSTOMER, "kind"])
    people = Target("accounts_customer", ("id",), tuple(CUSTOMER))
    execute("DROP TABLE IF EXISTS stage_changed")
    execute(
        f"CREATE TEMPORARY TABLE stage_changed ON COMMIT DROP AS "
        f"SELECT s.at_line, t.id AS account_id, t.customer_id FROM stage_account s "
        f"JOIN {table} t ON {same} JOIN accounts_customer c ON c.id = t.customer_id "
        f"WHERE {accounts.different(changing)} OR {people.different(personal, 's', 'c')}"
    )
    absent = f"NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})"
    execute("DROP TABLE IF EXISTS stage_new")
    execute(
        "CREATE TEMPORARY TABLE stage_new ON COMMIT DROP AS "
        f"SELECT at_line FROM stage_account s WHERE {absent}"
    )
    inserted = _insert_accounts(accounts, "at_line IN (SELECT at_line FROM stage_new)")
    updated = count("stage_changed")
    for target, columns, link in (
        (accounts, changing, "account_id"), (people, personal, "customer_id"),
    ):  # fmt: skip
        if columns and updated:
            settings = ", ".join(f'"{name}" = s."{name}"' for name in columns)
            execute(
                f"UPDATE {target.table} t SET {settings} FROM stage_account s "
                f"JOIN stage_changed x ON x.at_line = s.at_line WHERE t.id = x.{link}"
            )
    return Loaded(inserted, updated, staged - inserted - updated)


@requires_transaction
def load_agreements(
    *,
    supplier_id: int,
    rows: Rows,
    closed_through: date | None,
    now: datetime,
) -> Loaded:
    """Make the agreements those of the rows, by account, service, contract and first day.

    Columns are those of AGREEMENT; ``terms`` is the text of a JSON object.
    ``closed_through`` is the last day of the published months. Refuses a row that changes
    the terms from a day of a published month on: a new row with a later first day says
    the same honestly. Its last day may change; that and a new row of published days
    are noted (``AgreementChange``) and corrected by the next bills. Source: EXCHANGE
    agreements.csv; RULES 0.3, 9.
    """
    key = ("account_id", "service_id", "contract_number", "valid_from")
    # The supplier stands in every row, for the rooms that read by it, but not in the key.
    target = Target(
        "accounts_customeragreement",
        key,
        tuple(name for name in AGREEMENT if name not in key),
        {"supplier_id": supplier_id},
        frozenset({"valid_from"}),
    )
    terms = rows.has(_TERMS_OF_BILLS)

    def check() -> None:
        if closed_through is not None:
            execute(
                "UPDATE stage_agreement s SET refused = 1 FROM accounts_customeragreement t "
                f"WHERE {target.same_key()} AND {target.different(terms)} "
                "AND coalesce(s.valid_from, '-infinity') <= %(closed)s",
                {"closed": closed_through},
            )
            _note_changes(target, rows, closed_through, now)

    if target.is_empty(supplier_id):
        return load_all("stage_agreement", AGREEMENT, target, rows, empty=True)
    loaded = load_all("stage_agreement", AGREEMENT, target, rows, check=check)
    return replace(loaded, refused=refused_rows("stage_agreement", [PUBLISHED_AGREEMENT]))


def _note_changes(target: Target, rows: Rows, closed_through: date, now: datetime) -> None:
    """Write down which published days the staged agreements change, with the rows as they were."""
    ends = "s.valid_to IS DISTINCT FROM t.valid_to" if "valid_to" in rows.given else "false"
    execute(
        f"""INSERT INTO accounts_agreementchange
                   (account_id, service_id, from_on, to_on, was, known_at)
            SELECT account_id, service_id, from_on, nullif(to_on, 'infinity'), was, %(now)s
              FROM (SELECT s.account_id, s.service_id, to_jsonb(t) AS was,
                           CASE WHEN t.id IS NULL THEN coalesce(s.valid_from, DATE '1900-01-01')
                                ELSE least(s.valid_to, t.valid_to) + 1 END AS from_on,
                           CASE WHEN t.id IS NULL THEN coalesce(s.valid_to, 'infinity')
                                ELSE greatest(coalesce(s.valid_to, 'infinity'),
                                              coalesce(t.valid_to, 'infinity')) END AS to_on
                      FROM stage_agreement s LEFT JOIN {target.table} t ON {target.same_key()}
                     WHERE s.refused IS NULL AND (t.id IS NULL OR {ends})) c
             WHERE from_on <= %(closed)s""",
        {"closed": closed_through, "now": now},
    )
