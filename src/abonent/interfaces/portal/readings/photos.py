"""Pictures of a meter beside the proof of a submission: sent, looked at."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.documents.rules.uploads import MOST_BYTES, SentFile
from abonent.domain.metering.operations.photos import MOST_PHOTOS, add_photos, read_photo
from abonent.domain.metering.queries.submissions import SubmissionView, submission
from abonent.interfaces.design.downloads import attachment
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.writing import FilesField, left_out_words
from abonent.interfaces.portal.pages import WaitingAccountPage


class PhotoForm(PageForm):
    """The pictures of a submission."""

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field = FilesField(most=MOST_PHOTOS, largest=MOST_BYTES)
        field.label = "Снимок счётчика"
        field.help_text = "JPEG или PNG. Место съёмки из снимка уберём"
        field.widget.attrs["accept"] = "image/jpeg,image/png"
        self.fields["files"] = field


class PhotoPage(WaitingAccountPage):
    """A page about the pictures of one submission that this person may see."""

    section = "readings"

    def own(self, submission_id: UUID) -> SubmissionView:
        """Return the submission; while the link waits, only one of this person's own."""
        return submission(
            supplier_id=self.supplier.id,
            account_id=self.account.id,
            submission_id=submission_id,
            user_id=None if self.account.private else self.user_id,
        )

    def back(self, submission_id: UUID) -> HttpResponse:
        """Lead to the proof."""
        return redirect(
            "readings_accepted", number=self.account.number, submission_id=submission_id
        )


class AddPhotos(PhotoPage, View):
    """The pictures come here and lead back to the proof, which shows them."""

    def get(self, _request: HttpRequest, *, number: str, submission_id: UUID) -> HttpResponse:
        """Lead to the page where they are chosen."""
        return self.back(self.own(submission_id).id)

    def post(self, request: HttpRequest, *, number: str, submission_id: UUID) -> HttpResponse:
        """Keep them, or say what is wrong with them."""
        found = self.own(submission_id)
        form = PhotoForm(request.POST, request.FILES)
        if words := left_out_words(request):
            form.add_error("files", words)
        if form.is_valid():
            sent = [SentFile(*one) for one in form.cleaned_data["files"]]
            try:
                add_photos(submission=found, user_id=self.user_id, files=sent, now=self.now)
            except Refusal as refusal:
                messages.warning(request, refusal.text)
            else:
                messages.info(request, "Снимок приложен. Его увидят те, кто проверяет показания.")
        else:
            messages.warning(request, str(form.errors["files"][0]))
        return self.back(found.id)


class Photo(PhotoPage, View):
    """One picture, as a file."""

    def get(
        self, _request: HttpRequest, *, number: str, submission_id: UUID, uuid: UUID
    ) -> HttpResponse:
        """Send it; while it is being checked, the proof says so."""
        found = self.own(submission_id)
        try:
            photo, content = read_photo(submission=found, uuid=uuid)
        except NotFound:
            raise
        except Refusal as refusal:
            messages.warning(self.request, refusal.text)
            return self.back(found.id)
        return attachment(content, name=photo.name, content_type=photo.content_type)
