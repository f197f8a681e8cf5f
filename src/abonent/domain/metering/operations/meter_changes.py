"""A meter's card that names another end of its verification: meters.csv, ``verified_until``."""

from datetime import datetime

from abonent.common.frames import execute


def note_ends_of_verification(now: datetime) -> None:
    """Write down the staged cards that end otherwise than the standing ones did.

    The months from the earlier of the two days on are counted anew. A card that ends with a
    verification known already only repeats it: it keeps what it said of the time before.
    """
    execute(
        """UPDATE stage_meter s SET verified_until = t.verified_until
             FROM metering_meter t, metering_meterverification v
            WHERE s.standing AND t.id = s.meter_id AND v.meter_id = t.id
              AND v.valid_until = s.verified_until AND t.verified_until < v.verified_on"""
    )
    execute(
        """INSERT INTO metering_meterchange (meter_id, from_on, was, known_at)
           SELECT t.id, least(s.verified_until, t.verified_until) + 1, t.verified_until, %(now)s
             FROM stage_meter s JOIN metering_meter t ON t.id = s.meter_id
            WHERE s.standing AND s.refused IS NULL
              AND s.verified_until IS DISTINCT FROM t.verified_until""",
        {"now": now},
    )


def leave_to_verifications(supplier_id: int, now: datetime) -> None:
    """Give back to cards what they said before a verification that came after its own card.

    Departments write the end of a new verification into the card too. The days between the
    earlier end and the verification stay days without a reliable meter (RULES 4.4).
    """
    execute(
        """UPDATE metering_meter m SET verified_until = c.was
             FROM (SELECT DISTINCT ON (meter_id) meter_id, was FROM metering_meterchange
                    ORDER BY meter_id, id DESC) c, metering_meterverification v
            WHERE m.supplier_id = %(supplier)s AND c.meter_id = m.id AND v.meter_id = m.id
              AND v.known_at = %(now)s AND v.valid_until = m.verified_until
              AND c.was < v.verified_on""",
        {"supplier": supplier_id, "now": now},
    )
