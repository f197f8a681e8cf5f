-- What the bank really did. Amounts are integer kopecks, moments are UTC text of fixed width.

CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS draws (
    purpose TEXT PRIMARY KEY,
    drawn INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS operations (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    protocol TEXT NOT NULL,
    shop TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'held', 'captured', 'cancelled')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    steps INTEGER NOT NULL CHECK (steps IN (1, 2)),
    title TEXT NOT NULL,
    payee TEXT NOT NULL,
    return_url TEXT NOT NULL,
    keeps_card INTEGER NOT NULL DEFAULT 0,
    forces_code INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    confirm_until TEXT NOT NULL,
    pay_late_at TEXT,
    hold_until TEXT,
    captured_at TEXT,
    fee INTEGER NOT NULL DEFAULT 0,
    cancelled_at TEXT,
    cancel_party TEXT NOT NULL DEFAULT '',
    cancel_reason TEXT NOT NULL DEFAULT '',
    card_first6 TEXT NOT NULL DEFAULT '',
    card_last4 TEXT NOT NULL DEFAULT '',
    card_month TEXT NOT NULL DEFAULT '',
    card_year TEXT NOT NULL DEFAULT '',
    card_system TEXT NOT NULL DEFAULT '',
    method TEXT NOT NULL DEFAULT '',
    rrn TEXT NOT NULL DEFAULT '',
    auth_code TEXT NOT NULL DEFAULT '',
    code_asked INTEGER NOT NULL DEFAULT 0,
    details TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS operations_of_shop ON operations (shop, created_at);
CREATE INDEX IF NOT EXISTS operations_by_number
    ON operations (shop, json_extract(details, '$.number'));
CREATE INDEX IF NOT EXISTS operations_pending ON operations (confirm_until) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS operations_held ON operations (hold_until) WHERE state = 'held';
CREATE INDEX IF NOT EXISTS operations_late ON operations (pay_late_at)
    WHERE pay_late_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS refunds (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL REFERENCES operations (id),
    shop TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'succeeded', 'cancelled')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    created_at TEXT NOT NULL,
    settle_at TEXT NOT NULL,
    refusal TEXT NOT NULL DEFAULT '', -- decided at creation, shown only once settled
    details TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS refunds_of_operation ON refunds (operation);
CREATE INDEX IF NOT EXISTS refunds_pending ON refunds (settle_at) WHERE state = 'pending';

-- Money that moved. Only ever inserted; this is the truth that a ledger is compared with.
CREATE TABLE IF NOT EXISTS movements (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'refund')),
    shop TEXT NOT NULL,
    operation TEXT NOT NULL REFERENCES operations (id),
    refund TEXT UNIQUE REFERENCES refunds (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    fee INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS movements_captured_once ON movements (operation)
    WHERE kind = 'capture';
CREATE INDEX IF NOT EXISTS movements_by_day ON movements (at);

-- The card a payer is confirming: first six and last four digits, never the number or the CVC.
CREATE TABLE IF NOT EXISTS challenges (
    operation TEXT PRIMARY KEY REFERENCES operations (id),
    code TEXT NOT NULL,
    wrong INTEGER NOT NULL DEFAULT 0,
    refusal TEXT NOT NULL DEFAULT '',
    card_first6 TEXT NOT NULL,
    card_last4 TEXT NOT NULL,
    card_month TEXT NOT NULL,
    card_year TEXT NOT NULL,
    card_system TEXT NOT NULL
);

-- The payer has opened the page: some vendors show that to the shop.
CREATE TABLE IF NOT EXISTS visits (
    operation TEXT PRIMARY KEY REFERENCES operations (id),
    at TEXT NOT NULL
);

-- Cards that were refused; the last one ends the operation when the page takes no more.
CREATE TABLE IF NOT EXISTS refusals (
    seq INTEGER PRIMARY KEY,
    operation TEXT NOT NULL REFERENCES operations (id),
    at TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refusals_of_operation ON refusals (operation);

CREATE TABLE IF NOT EXISTS kept_cards (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, -- the operation that was paid by it
    shop TEXT NOT NULL,
    keeper TEXT NOT NULL DEFAULT '', -- the shop's own name for the payer
    removed_at TEXT,
    refusal TEXT NOT NULL DEFAULT '',
    card_first6 TEXT NOT NULL,
    card_last4 TEXT NOT NULL,
    card_month TEXT NOT NULL,
    card_year TEXT NOT NULL,
    card_system TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS answers (
    protocol TEXT NOT NULL,
    shop TEXT NOT NULL,
    key TEXT NOT NULL,
    asked TEXT NOT NULL, -- digest of method, path and body
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (protocol, shop, key)
);

CREATE TABLE IF NOT EXISTS notifications (
    seq INTEGER PRIMARY KEY,
    protocol TEXT NOT NULL,
    shop TEXT NOT NULL,
    operation TEXT NOT NULL,
    event TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    forged TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN (
        'waiting', 'gathering', 'sending', 'delivered', 'given_up', 'dropped', 'nowhere'
    )),
    made_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    turn INTEGER NOT NULL, -- decides among those due at the same moment
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (next_at, turn, seq)
    WHERE state IN ('waiting', 'gathering');

CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY,
    notification INTEGER NOT NULL REFERENCES notifications (seq),
    at TEXT NOT NULL,
    url TEXT NOT NULL,
    status INTEGER, -- empty when no answer came
    problem TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (notification);
