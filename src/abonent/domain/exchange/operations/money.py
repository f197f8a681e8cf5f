"""Balances, payments and published bills of a bundle: handed to the rooms that post them."""

from datetime import date

import polars as pl

from abonent.common.bulk import REFUSED, Loaded, Rows
from abonent.common.frames import Schema
from abonent.common.refusals import Refusal
from abonent.domain.billing import operations as billing
from abonent.domain.billing.operations.opening import DEBTS, opening_debts_frame
from abonent.domain.billing.queries.frames import BILLS, CHARGES
from abonent.domain.billing.queries.levied import PENALTIES
from abonent.domain.exchange.operations.context import Context
from abonent.domain.exchange.operations.findings import LINE
from abonent.domain.exchange.operations.parameter_names import ParameterNames
from abonent.domain.ledger.rules import Part
from abonent.domain.payments import operations as payments

PARTS = {part.name.lower(): int(part) for part in Part if part is not Part.NONE}
_DEBT_KEY = ["account_id", "service_id", "month", "part"]

SUBSIDY_CHANNEL = "subsidy"  # the channel of payments that subsidies.csv stands for


def load_balances(context: Context, rows: Rows) -> Loaded:
    """Post the balances that are new; a posted one is never changed."""
    part = pl.col("part").replace_strict(PARTS, return_dtype=pl.Int16)
    # Compact rows of all the file: the ledger compares them with what stands there, once.
    found = [
        frame.select(
            LINE, "account_id", "service_id", pl.col("period").alias("month"), part, "amount",
            "due_on", "penalty_counted_to",
        )
        for frame in rows.frames
    ]  # fmt: skip
    if not found:
        return Loaded()
    came = pl.concat(found)
    standing = opening_debts_frame(supplier_id=context.supplier_id)
    there = came.join(standing, on=_DEBT_KEY, how="inner", suffix="_there")
    values = [name for name in ("amount", "due_on", "penalty_counted_to") if name in rows.given]
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_there")) for name in values)
    refused = there.filter(~same).select(
        LINE,
        pl.lit("amount").alias("column"),
        pl.lit("").alias("value"),
        pl.lit("начальный остаток уже проведён и не меняется").alias("rule"),
        pl.lit("верните прежние значения; разницу проведите платежом или перерасчётом").alias(
            "remedy"
        ),
    )
    fresh = came.join(there, on=LINE, how="anti", maintain_order="left").select(list(DEBTS))
    inserted = billing.load_opening_debts(
        supplier_id=context.supplier_id, rows=fresh, now=context.now
    )
    return Loaded(inserted, 0, there.height - refused.height, refused)


def load_payments(context: Context, rows: Rows) -> Loaded:
    """Hand the payments over, frame by frame."""
    inserted = unchanged = 0
    refused = [pl.DataFrame(schema=REFUSED)]
    for frame in rows.frames:
        own = frame.with_columns(pl.col("purpose_service_id").alias("purpose_service"))
        done = payments.load_payments(supplier_id=context.supplier_id, rows=own, now=context.now)
        inserted += done.inserted
        unchanged += done.unchanged
        for conflict in done.conflicts:
            key = (pl.col("channel") == conflict.channel) & (
                pl.col("external_id") == conflict.external_id
            )
            refused.append(
                frame.filter(key).select(
                    LINE,
                    pl.lit("external_id").alias("column"),
                    pl.col("external_id").alias("value"),
                    pl.lit("операция уже загружена с другими данными и не меняется").alias("rule"),
                    pl.lit("исправьте файл, а ошибку в загруженном отмените строкой с kind=cancel")
                    .alias("remedy"),
                )
            )  # fmt: skip
    return Loaded(inserted, 0, unchanged, pl.concat(refused))


def credit_subsidies(context: Context, rows: pl.DataFrame, refused: pl.DataFrame) -> None:
    """Credit the subsidies that came to the supplier, on the last day of their month.

    They pay the principal of that month (RULES 2.8: penalties are never subsidised). Under
    a key of their own, so the same rows again change nothing.
    """
    if rows.is_empty():
        return
    came = rows.join(refused.select(LINE), on=LINE, how="anti").filter(
        pl.col("transferred").fill_null(value=False) & (pl.col("amount") > 0)
    )
    payments.load_payments(
        supplier_id=context.supplier_id,
        rows=came.select(
            pl.lit(SUBSIDY_CHANNEL).alias("channel"),
            pl.format("{}/{}", "account", pl.col("period").dt.to_string("%Y-%m")).alias(
                "external_id"
            ),
            "account_id",
            pl.col("period").dt.month_end().alias("paid_on"),
            pl.lit(None, pl.Date).alias("credited_on"),
            "amount",
            pl.col("period").alias("purpose_period"),
            pl.lit(None, pl.Int64).alias("purpose_service"),
            pl.lit("principal").alias("purpose_part"),
            pl.lit("payment").alias("kind"),
        ),
        now=context.now,
    )


def load_bills(context: Context, rows: Rows) -> Loaded:
    """Gather the bills; they are restored with their lines at the end."""
    context.papers["bills.csv"] = _gathered(rows, BILLS)
    return Loaded()


def load_charges(context: Context, rows: Rows) -> Loaded:
    """Gather the lines of bills; a line that corrects none has null there."""
    known = {service.id: service for service in context.services.values()}
    parameters = ParameterNames.of(context.supplier_id, known)
    frames = (
        frame.with_columns(
            pl.col("corrects").replace("", None), parameters.numbered(frame["basis"])
        )
        for frame in rows.frames
    )
    context.papers["charges.csv"] = _gathered(Rows(frames, rows.given), CHARGES)
    return Loaded()


def _gathered(rows: Rows, schema: Schema) -> pl.DataFrame:
    frames = [frame.select(list(schema)) for frame in rows.frames]
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    return whole.cast(pl.Schema(schema))


def restore_bills(context: Context) -> dict[str, Loaded]:
    """Restore the published bills of an export, verbatim; returns what became of the rows."""
    bills = context.papers.get("bills.csv", pl.DataFrame(schema=BILLS))
    parts = {
        "charges.csv": context.papers.get("charges.csv", pl.DataFrame(schema=CHARGES)),
        "penalties.csv": context.papers.get("penalties.csv", pl.DataFrame(schema=PENALTIES)),
    }
    orphans = [_has_orphans(context, name, rows, bills) for name, rows in parts.items()]
    if any(orphans) or bills.is_empty():
        return {}
    try:
        restored = billing.restore_bills(
            supplier_id=context.supplier_id,
            bills=bills,
            charges=parts["charges.csv"],
            penalties=parts["penalties.csv"],
            now=context.now,
        )
    except Refusal as refusal:
        context.findings.fail(
            "bills.csv",
            refusal.text.rstrip("."),
            "уберите из набора bills.csv, charges.csv и penalties.csv",
        )
        return {}
    counts = {"bills.csv": Loaded(restored, 0, bills.height - restored)}
    for name, rows in parts.items():
        if name in context.papers:
            new = rows.height if restored == bills.height else 0
            counts[name] = Loaded(new, 0, rows.height - new)
    return counts


def _has_orphans(context: Context, name: str, rows: pl.DataFrame, bills: pl.DataFrame) -> bool:
    """Refuse rows whose bill is not in the bundle."""
    orphans = rows.join(bills, on=["account_id", "period"], how="anti")
    if orphans.is_empty():
        return False
    months = ", ".join(_month(month) for month in sorted(set(orphans["period"])))
    context.findings.fail(
        name,
        f"строк без своего счёта в bills.csv: {orphans.height} (месяцы {months})",
        f"загрузите {name} вместе с bills.csv из одной выгрузки",
    )
    return True


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
