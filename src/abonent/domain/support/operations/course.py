"""What every verb of an appeal does: locks it, moves it by the table, keeps what was said."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.documents import operations as documents
from abonent.domain.documents.rules.uploads import MOST_FILES, CleanFile, SentFile, clean_file
from abonent.domain.journal import operations as journal
from abonent.domain.support import models
from abonent.domain.support.rules.tickets import (
    LONGEST_TEXT,
    ReplyKind,
    TicketAct,
    TicketState,
    kept_text,
    next_state,
)

NO_TICKET = "Такого обращения нет. Проверьте номер в списке обращений."


class UnfitText(Refusal):
    """Nothing was written, or more than anybody will read."""


def locked_own(*, user_id: int, supplier_id: int, number: str) -> models.Ticket:
    """Return the person's own appeal, locked; refuses with NotFound for another's."""
    return _locked(models.Ticket.objects.filter(user_id=user_id), supplier_id, number)


def locked_for_staff(
    *, supplier_id: int, branches: frozenset[str] | None, number: str
) -> models.Ticket:
    """Return an appeal of these branches, locked; refuses with NotFound for any other."""
    rows = models.Ticket.objects.all()
    if branches is not None:
        rows = rows.filter(branch__in=branches)
    return _locked(rows, supplier_id, number)


def _locked(rows: "QuerySet[models.Ticket]", supplier_id: int, number: str) -> models.Ticket:
    row = (
        rows.select_for_update(of=("self",))
        .select_related("topic", "supplier")
        .filter(supplier_id=supplier_id, number=number)
        .first()
    )
    if row is None:
        raise NotFound(NO_TICKET)
    return row


def fit_text(text: str) -> str:
    """Return what is kept of a text; refuses with UnfitText an empty or endless one."""
    kept = kept_text(text)
    if not kept:
        raise UnfitText("Напишите, что случилось.", field="text")
    if len(kept) > LONGEST_TEXT:
        words = (
            f"Слишком длинно: {len(kept)} знаков. Уложитесь в {LONGEST_TEXT} или приложите файл."
        )
        raise UnfitText(words, field="text")
    return kept


def fit_files(files: Sequence[SentFile]) -> list[CleanFile]:
    """Clean the files, outside any transaction: it takes time; refuses with UnfitFile."""
    if len(files) > MOST_FILES:
        raise UnfitText(f"Файлов больше {MOST_FILES}. Остальные пришлите следом.", field="files")
    return [clean_file(file) for file in files]


def move(
    row: models.Ticket, act: TicketAct, *, user_id: int, now: datetime, note: str = ""
) -> None:
    """Take the step that the table allows, keep it in the course and in the journal."""
    row.state = next_state(TicketState(row.state), act)
    if row.state in {TicketState.CLOSED, TicketState.WITHDRAWN}:
        row.ended_at = now
    row.save()
    record_move(row, act, user_id=user_id, now=now, note=note)


def record_move(
    row: models.Ticket, act: TicketAct, *, user_id: int, now: datetime, note: str = ""
) -> None:
    """Keep a step that has been taken."""
    models.TicketMove.objects.create(
        ticket=row, act=act, state=row.state, user_id=user_id, note=note[:200], moved_at=now
    )
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=user_id,
        action=f"ticket_{act}",
        subject=f"ticket:{row.pk}",
        details={"number": row.number},
        now=now,
    )


def say(
    row: models.Ticket,
    kind: ReplyKind,
    *,
    user_id: int,
    text: str,
    files: Sequence[CleanFile],
    key: str,
    now: datetime,
) -> None:
    """Keep what was said, with its files."""
    reply = models.Reply.objects.create(
        ticket=row, kind=kind, user_id=user_id, text=text, written_at=now, key=key
    )
    uploads = documents.keep_uploads(
        supplier_id=row.supplier_id, files=files, user_id=user_id, now=now
    )
    models.TicketFile.objects.bulk_create(
        models.TicketFile(reply=reply, upload_id=upload) for upload in uploads
    )


def said_already(row: models.Ticket, key: str) -> bool:
    """Tell whether the form with this key has been taken before: pressing twice says once."""
    return models.Reply.objects.filter(ticket=row, key=key).exists()
