"""The hot tables of billing: partitioned by month, few covering keys, no foreign keys (PERF B)."""

from django.db import migrations

CREATE = """
CREATE TABLE billing_charge (
    period date NOT NULL,
    account_id bigint NOT NULL,
    line smallint NOT NULL,
    supplier_id bigint NOT NULL,
    run_id bigint NOT NULL,
    service_id bigint NOT NULL,
    component varchar(16) NOT NULL,
    zone varchar(16) NOT NULL,
    band smallint NOT NULL,
    method varchar(16) NOT NULL,
    unit varchar(8) NOT NULL,
    volume bigint NOT NULL,
    rate bigint NOT NULL,
    multiplier integer NOT NULL,
    amount bigint NOT NULL,
    vat bigint NOT NULL,
    corrects varchar(80),
    rule varchar(32) NOT NULL,
    basis text NOT NULL,
    PRIMARY KEY (period, account_id, line)
) PARTITION BY RANGE (period);

CREATE TABLE billing_bill (
    period date NOT NULL,
    account_id bigint NOT NULL,
    supplier_id bigint NOT NULL,
    run_id bigint NOT NULL,
    number varchar(80) NOT NULL,
    opening bigint NOT NULL,
    charged bigint NOT NULL,
    penalty bigint NOT NULL,
    paid bigint NOT NULL,
    due bigint NOT NULL,
    due_by date NOT NULL,
    PRIMARY KEY (period, account_id),
    CONSTRAINT bill_adds_up CHECK (due = opening + charged + penalty - paid)
) PARTITION BY RANGE (period);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE billing_charge; DROP TABLE billing_bill;"),
    ]
