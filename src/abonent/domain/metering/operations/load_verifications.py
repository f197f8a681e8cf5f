"""Verifications of meters of a bundle, merged as a set."""

from dataclasses import replace
from datetime import datetime

from abonent.common.bulk import Loaded, Reason, Rows, Target, merge, refused_rows, stage
from abonent.common.frames import execute
from abonent.common.transactions import requires_transaction
from abonent.domain.metering.operations.meter_changes import leave_to_verifications

VERIFICATION = {
    "account_id": "bigint", "service_id": "bigint", "serial": "varchar", "verified_on": "date",
    "valid_until": "date", "arshin_number": "varchar",
}  # fmt: skip
UNKNOWN_METER = Reason(
    "serial",
    "такого прибора у лицевого счёта и услуги нет ни в наборе, ни в базе",
    "проверьте account, service и serial или добавьте прибор в meters.csv",
)


@requires_transaction
def load_verifications(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the verifications those of the rows, by meter and day.

    Columns are those of VERIFICATION. Refuses an unknown meter. Source: EXCHANGE
    verifications.csv; RULES 4.4.
    """
    stage("stage_verification", {**VERIFICATION, "meter_id": "bigint"}, rows.frames)
    execute(
        """UPDATE stage_verification s SET meter_id = t.id FROM metering_meter t
            WHERE t.account_id = s.account_id AND t.service_id = s.service_id
              AND t.serial = s.serial"""
    )
    execute("UPDATE stage_verification SET refused = 1 WHERE meter_id IS NULL")
    target = Target(
        "metering_meterverification",
        ("meter_id", "verified_on"),
        ("valid_until", "arshin_number"),
        {"supplier_id": supplier_id},
        known_at=now,
    )
    loaded = merge("stage_verification", target, rows)
    leave_to_verifications(supplier_id, now)
    return replace(loaded, refused=refused_rows("stage_verification", [UNKNOWN_METER]))
