"""Fields of a message: its text and its files. What a file truly is, the domain judges."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from abonent.common.words import quantity

_MEGABYTE = 1_000_000
TAKEN = ".pdf,.jpg,.jpeg,.png"


class MessageField(forms.CharField):
    """A text of several lines, of at most so many signs."""

    def __init__(self, *, label: str, longest: int, help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            max_length=longest,
            widget=forms.Textarea(attrs={"rows": 7}),
            error_messages={
                "required": "Напишите сообщение",
                "max_length": f"Слишком длинно. Уложитесь в {longest} знаков или приложите файл",
            },
        )


class _ManyFiles(forms.FileInput):
    """An input for several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Any, files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> list["UploadedFile[Any]"]:
        """Return every file that was sent under the name."""
        del data
        return list(files.getlist(name))


class FilesField(forms.Field):
    """At most so many files, each of so many bytes; cleaned to pairs of a name and the bytes.

    The largest size is only told here: the domain judges it, with everything else.
    """

    widget = _ManyFiles

    def __init__(self, *, most: int, largest: int) -> None:
        size = quantity(largest // _MEGABYTE, "МБ")
        text = f"PDF, JPEG или PNG, не больше {most}, каждый до {size}"
        super().__init__(label="Файлы", help_text=text, required=False)
        self.most = most

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the browser offer only files that are taken."""
        return super().widget_attrs(widget) | {"accept": TAKEN}

    def clean(self, value: Any) -> list[tuple[str, bytes]]:
        """Return the files; raises ValidationError when there are more than is taken."""
        sent: list[UploadedFile[Any]] = value or []
        if len(sent) > self.most:
            text = f"Файлов больше {self.most}. Выберите самые нужные, остальные пришлите следом"
            raise ValidationError(text)
        return [(file.name or "", file.read()) for file in sent]


def left_out_words(request: Any) -> str:
    """Return what to say of files so large that the server did not even take them; or nothing."""
    names = ", ".join(f"«{name}»" for name in getattr(request, "left_out", []))
    return f"Слишком большие файлы: {names}. Уменьшите снимки и выберите снова" if names else ""
