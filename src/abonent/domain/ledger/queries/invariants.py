"""The invariants of TRUST A1 that concern the ledger, measured now, each by one query."""

from abonent.common.invariants import Invariant, measure
from abonent.domain.ledger.queries.chain import BROKEN
from abonent.domain.ledger.queries.closing import BALANCES_DIFFER, MOVEMENTS_DIFFER

_OF_SUPPLIER = "(%(supplier)s::bigint IS NULL OR t.supplier_id = %(supplier)s)"

# S608: the statements are put together from constants of this file only.
_INVARIANTS = (
    (
        "I1",
        "Строки каждой проводки в сумме дают ноль",
        """
        SELECT coalesce(t.key, 'без проводки: ' || e.transfer_id)
        FROM ledger_transfer t
        FULL JOIN (
            SELECT transfer_id, min(supplier_id) AS supplier_id, sum(amount) AS balance
            FROM ledger_entry GROUP BY transfer_id
        ) e ON e.transfer_id = t.id
        WHERE (t.id IS NULL OR e.balance IS DISTINCT FROM 0)
          AND (%(supplier)s::bigint IS NULL
               OR coalesce(t.supplier_id, e.supplier_id) = %(supplier)s)
        """,
    ),
    (
        "I2",
        "Под одним ключом записана одна проводка",
        f"""
        SELECT t.key FROM ledger_transfer t WHERE {_OF_SUPPLIER}
        GROUP BY t.supplier_id, t.key HAVING count(*) > 1
        UNION ALL
        SELECT 'нет уникального индекса ledger_key_once' WHERE NOT EXISTS (
            SELECT FROM pg_index
            WHERE indexrelid = to_regclass('ledger_key_once') AND indisunique AND indisvalid
        )
        """,
    ),
    (
        "I10",
        "Записанные проводки нельзя изменить или удалить",
        """
        SELECT wanted.place || ': нет включённого триггера ' || wanted.name
        FROM (VALUES
            ('ledger_transfer', 'ledger_transfer_append_only'),
            ('ledger_entry', 'ledger_entry_append_only'),
            ('ledger_entry', 'ledger_entry_balanced'),
            ('ledger_seal', 'ledger_seal_append_only')
        ) AS wanted (place, name)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = to_regclass(wanted.place) AND tgname = wanted.name
              AND tgenabled IN ('O', 'A')
        ) AND (%(supplier)s::bigint IS NULL OR true)
        """,
    ),
    (
        "I10",
        "Право изменять и удалять проводки отнято у всех, и у владельца таблиц",
        """
        SELECT place.name || ': осталось право ' || coalesce(granted.privilege_type, 'владельца')
        FROM (VALUES ('ledger_transfer'), ('ledger_entry'), ('ledger_seal')) AS place (name)
        JOIN pg_class c ON c.oid = to_regclass(place.name)
        LEFT JOIN LATERAL aclexplode(c.relacl) granted
          ON granted.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
        WHERE (c.relacl IS NULL OR granted.privilege_type IS NOT NULL)
          AND (%(supplier)s::bigint IS NULL OR true)
        """,
    ),
    (
        "I10",
        "Отпечаток каждой проводки сходится с её строками",
        f"""
        SELECT t.key FROM ledger_transfer t
        LEFT JOIN (
            SELECT transfer_id, string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS body
            FROM (
                SELECT transfer_id,
                       concat_ws('|', book, subject_id, service_id,
                                 coalesce(to_char(month, 'YYYY-MM-DD'), ''), part, channel, amount
                       ) AS line
                FROM ledger_entry
            ) AS written GROUP BY transfer_id
        ) e ON e.transfer_id = t.id
        WHERE {_OF_SUPPLIER}
          AND t.fingerprint IS DISTINCT FROM sha256(convert_to(
              t.reason || ' ' || to_char(t.happened_on, 'YYYY-MM-DD') || E'\\n' || e.body, 'UTF8'))
        """,
    ),
    ("I10", "Цепочка печатей сходится с проводками", BROKEN),
    ("I1", "Закрытые остатки равны суммам проводок", BALANCES_DIFFER),
    ("I1", "Закрытые обороты равны суммам проводок", MOVEMENTS_DIFFER),
    (
        "I12",
        "Строки проводки принадлежат тому же поставщику, дню и основанию",
        f"""
        SELECT t.key FROM ledger_transfer t JOIN ledger_entry e ON e.transfer_id = t.id
        WHERE (e.supplier_id, e.happened_on, e.reason)
              IS DISTINCT FROM (t.supplier_id, t.happened_on, t.reason)
          AND {_OF_SUPPLIER}
        """,
    ),
)


def invariants(*, supplier_id: int | None = None) -> list[Invariant]:
    """Measure the invariants of TRUST A1 that concern the ledger, each by one query."""
    parameters = {"supplier": supplier_id}
    return [
        measure(code=code, text=text, query=query, parameters=parameters)
        for code, text, query in _INVARIANTS
    ]
