"""The chain of seals: what a seal says of its transfers, and whether it still says so.

A *seal* covers a range of transfers' numbers. Its ``content`` is the SHA-256 of the digests of
all transfers of the range with their entries; its ``hash`` binds the content, the range and
the hash of the seal before it. Who changes, adds or removes anything that is sealed must
write all later seals anew, and the last hash, kept elsewhere, tells (docs/adr/0009).
"""

from dataclasses import dataclass

from abonent.domain.ledger.models import Seal

# Numbers in one seal: small enough to name a place, large enough to be few.
RANGE = 10_000

# Numbers and days as whole numbers: no text here depends on the settings of a session.
_DIGESTS = """
SELECT t.id, coalesce(e.lines, 0) AS lines, coalesce(e.turnover, 0) AS turnover,
       sha256(convert_to(concat_ws('|', t.id, t.supplier_id, t.subject_id, t.reason,
           t.happened_on - date '2000-01-01',
           (extract(epoch FROM t.recorded_at) * 1000000)::bigint, coalesce(t.reverses_id, 0),
           encode(t.fingerprint, 'hex'), t.key, t.note) || E'\\n' || coalesce(e.body, ''),
           'UTF8')) AS digest
FROM ledger_transfer t
LEFT JOIN (
    SELECT transfer_id, count(*) AS lines, sum(abs(amount)) AS turnover,
           string_agg(concat_ws('|', line, supplier_id, reason, happened_on - date '2000-01-01',
               book, subject_id, service_id, coalesce(month - date '2000-01-01', 0), part,
               channel, amount), E'\\n' ORDER BY line) AS body
    FROM ledger_entry {within} GROUP BY transfer_id
) e ON e.transfer_id = t.id
"""
_SUMMED = """
count(d.id) AS transfers, coalesce(sum(d.lines), 0)::bigint AS entries,
coalesce(sum(d.turnover), 0)::bigint AS turnover,
sha256(coalesce(string_agg(d.digest, ''::bytea ORDER BY d.id), ''::bytea)) AS content
"""
_BOUND = """
sha256({previous} || {content} || convert_to(concat_ws('|', {first}, {last}, {transfers},
    {entries}, {turnover}), 'UTF8'))
"""

APPEND = f"""
WITH d AS (
    {_DIGESTS.format(within="WHERE transfer_id BETWEEN %(first)s AND %(last)s")}
    WHERE t.id BETWEEN %(first)s AND %(last)s
), summed AS (SELECT {_SUMMED} FROM d)
INSERT INTO ledger_seal
    (first_id, last_id, transfers, entries, turnover, content, previous, hash, sealed_at)
SELECT %(first)s, %(last)s, transfers, entries, turnover, content, %(previous)s,
       {
    _BOUND.format(
        previous="%(previous)s::bytea",
        content="content",
        first="%(first)s::bigint",
        last="%(last)s::bigint",
        transfers="transfers",
        entries="entries",
        turnover="turnover",
    )
}, %(now)s
FROM summed
"""
BROKEN = f"""
WITH d AS MATERIALIZED ({_DIGESTS.format(within="")}),
summed AS (
    SELECT s.id, {_SUMMED} FROM ledger_seal s
    LEFT JOIN d ON d.id BETWEEN s.first_id AND s.last_id GROUP BY s.id
), linked AS (
    SELECT s.*, lag(s.hash) OVER (ORDER BY s.id) AS before,
           lag(s.last_id) OVER (ORDER BY s.id) AS ended
    FROM ledger_seal s
)
SELECT 'печать ' || l.id || ', проводки ' || l.first_id || '–' || l.last_id || ': '
       || CASE WHEN n.transfers <> l.transfers THEN 'было ' || l.transfers || ', стало '
                                                    || n.transfers
               WHEN n.content <> l.content THEN 'содержание изменено'
               ELSE 'цепочка переписана' END
FROM linked l JOIN summed n ON n.id = l.id
WHERE (n.transfers, n.entries, n.turnover, n.content)
          IS DISTINCT FROM (l.transfers, l.entries, l.turnover, l.content)
   OR l.previous <> coalesce(l.before, ''::bytea) OR l.first_id <> coalesce(l.ended, 0) + 1
   OR l.hash <> {
    _BOUND.format(
        previous="l.previous",
        content="l.content",
        first="l.first_id",
        last="l.last_id",
        transfers="l.transfers",
        entries="l.entries",
        turnover="l.turnover",
    )
}
"""


@dataclass(frozen=True)
class ChainHead:
    """The end of the chain: to be kept elsewhere and compared after a restore."""

    seals: int
    last_transfer: int
    hash: str


def chain_head() -> ChainHead:
    """Return the last seal; zeros and an empty hash while there is none."""
    last = Seal.objects.order_by("-pk").first()
    if last is None:
        return ChainHead(seals=0, last_transfer=0, hash="")
    return ChainHead(
        seals=Seal.objects.count(), last_transfer=last.last_id, hash=bytes(last.hash).hex()
    )
