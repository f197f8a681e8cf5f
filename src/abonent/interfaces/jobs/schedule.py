"""What happens by the clock. Rounds may overlap; what they call allows it."""

import logging

from django.conf import settings
from django.urls import reverse
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from abonent.common import clock
from abonent.domain.accounts import operations as accounts
from abonent.domain.documents import operations as documents
from abonent.domain.identity import operations as identity
from abonent.domain.journeys import audit_house, delete_cabinet
from abonent.domain.messaging import operations as messaging
from abonent.domain.metering import operations as metering
from abonent.domain.payments import operations as payments
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import operations as support

_log = logging.getLogger("abonent.jobs")

# A worker that has kept silent for so long is taken for dead (TRUST R14).
DEAD_AFTER_SECONDS = 90
# A job that has killed so many workers is put aside for a person to look at.
MOST_ATTEMPTS = 5
KEEP_HOURS = 72


@app.periodic(cron="* * * * *")
@app.task(name="settle_awaiting")
def settle_awaiting(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Ask banks about payments whose time has come."""
    payments.settle_awaiting(now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="run_autopays")
def run_autopays(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Tell of coming autopayments, make those that were told a day ago."""
    site = f"{settings.PUBLIC_URL.rstrip('/')}/{{supplier}}"
    addresses = payments.Addresses(
        stop=f"{site}{reverse('autopay_stop', args=['TOKEN'])}".replace("TOKEN", "{token}"),
        pay=f"{site}{reverse('payments', args=['NUMBER'])}".replace("NUMBER", "{number}"),
    )
    payments.run_autopays(addresses=addresses, now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="strike_out_cards")
def strike_out_cards(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Ask banks to strike out the cards that people have removed."""
    payments.strike_out_cards(now=clock.now())


# A code for signing in must not wait for the next minute.
@app.periodic(cron="* * * * * */10")
@app.task(name="send_due")
def send_due(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Send letters and messages that wait in the outbox."""
    messaging.send_due(now=clock.now())


# By day everywhere: from ten in the morning in Moscow to the evening in the Far East.
@app.periodic(cron="0 7 * * *")
@app.task(name="remind")
def remind(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Remind of readings, of verification and of payment whoever asked for it."""
    for supplier in suppliers.all_suppliers():
        metering.remind_of_readings(supplier_id=supplier.id, now=clock.now())
        metering.remind_of_verification(supplier_id=supplier.id, now=clock.now())
        payments.remind_of_payment(supplier_id=supplier.id, now=clock.now())


# Whoever has sent a file looks at it at once.
@app.periodic(cron="* * * * * */20")
@app.task(name="scan_uploads")
def scan_uploads(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Ask the scanner of viruses about files that wait for it."""
    documents.scan_uploads(now=clock.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="remove_unproven")
def remove_unproven(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Remove the cabinets that proved no contact in 14 days."""
    identity.remove_unproven(now=clock.now())


@app.periodic(cron="30 3 * * *")
@app.task(name="erase_withdrawn")
def erase_withdrawn(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Erase the cabinets whose people withdrew their consent weeks ago."""
    delete_cabinet.erase_withdrawn(now=clock.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="forget_expired")
def forget_expired(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Remove ended sessions, expired counts of limits, contacts of old invitations."""
    identity.forget_expired(now=clock.now())
    accounts.forget_invited(now=clock.now())


@app.periodic(cron="50 3 * * *")
@app.task(name="forget_unconfirmed")
def forget_unconfirmed(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Remove the subscriptions to outages that no mailbox confirmed."""
    support.forget_unconfirmed(now=clock.now())


@app.periodic(cron="10 4 * * *")
@app.task(name="audit_house")
def audit(timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Seal the ledger, measure every invariant, keep the result for staff."""
    audit_house.audit_house(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="sweep_jobs", pass_context=True)
async def sweep_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Return the jobs of dead workers to the queue; nothing else does (TRUST A4)."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        if job.attempts >= MOST_ATTEMPTS:
            _log.error("job %s (%s) is put aside: it never ends", job.id, job.task_name)
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            _log.warning("job %s (%s) is taken up again", job.id, job.task_name)
            await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  (the queue passes it)
    """Remove jobs that ended well days ago, so that the queue stays small."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)
