"""A letter written once and shown twice: as text and as a page in colours. Pure.

Programs for mail drop style sheets and scripts and follow no look of ours, so the page has
its few styles at the elements themselves and reads well without them.
"""

from dataclasses import dataclass
from html import escape

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_BODY = (
    f"margin:0;padding:24px;background:#fff;color:#0b0b0b;{_FONT};font-size:18px;line-height:1.5"
)
_SUM = "font-size:30px;font-weight:700;color:#0d4cd3"
_BUTTON = (
    "display:inline-block;padding:12px 20px;background:#0d4cd3;color:#fff;"
    "text-decoration:none;border-radius:3px;font-weight:700"
)
_SOFT = "color:#50555d;font-size:15px"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain words."""

    text: str


@dataclass(frozen=True)
class Total:
    """A sum with its name; with an address a press on the sum itself leads there."""

    name: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Press:
    """The main thing to do: a button in the page, a line with its address in the text."""

    text: str
    url: str


@dataclass(frozen=True)
class Pointer:
    """A further thing to do: a plain link."""

    text: str
    url: str


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and a value."""

    rows: tuple[tuple[str, str], ...]


Part = Paragraph | Total | Press | Pointer | Facts


@dataclass(frozen=True)
class Letter:
    """A letter; ``why`` says at its end why it came, ``unsubscribe_url`` how to end it.

    The subject names no sum, no address and no number: it is read on locked screens.
    """

    subject: str
    parts: tuple[Part, ...]
    sender: str
    why: str = ""
    unsubscribe_url: str = ""


def in_text(letter: Letter) -> str:
    """Return the letter as plain text."""
    blocks = ["Здравствуйте!", *(_plain(part) for part in letter.parts), letter.sender]
    if letter.why:
        blocks.append(letter.why)
    if letter.unsubscribe_url:
        blocks.append(f"Больше не присылать:\n{letter.unsubscribe_url}")
    return "\n\n".join(blocks) + "\n"


def in_html(letter: Letter) -> str:
    """Return the letter as a page; every word in it is escaped."""
    parts = "\n".join(_drawn(part) for part in letter.parts)
    end = f'<p style="{_SOFT}">{escape(letter.why)}</p>' if letter.why else ""
    if letter.unsubscribe_url:
        url = escape(letter.unsubscribe_url)
        end += f'<p style="{_SOFT}"><a href="{url}">Больше не присылать</a></p>'
    return (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(letter.subject)}</title></head>"
        f'<body style="{_BODY}"><div style="max-width:33em"><p>Здравствуйте!</p>\n'
        f'{parts}\n<p>{escape(letter.sender)}</p>\n<hr style="border:0;'
        f'border-top:1px solid #cfd2d7">{end}</div></body></html>'
    )


def _plain(part: Part) -> str:
    match part:
        case Paragraph(text):
            return text
        case Total(name, value, _):
            return f"{name}: {value}"
        case Press(text, url) | Pointer(text, url):
            return f"{text}:\n{url}"
        case Facts(rows):
            return "\n".join(f"{name}: {value}" for name, value in rows)


def _drawn(part: Part) -> str:
    match part:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Total(name, value, url):
            shown = escape(value)
            if url:
                shown = f'<a href="{escape(url)}" style="{_SUM}">{shown}</a>'
            else:
                shown = f'<span style="{_SUM};color:#0b0b0b">{shown}</span>'
            return f"<p>{escape(name)}<br>{shown}</p>"
        case Press(text, url):
            return f'<p><a href="{escape(url)}" style="{_BUTTON}">{escape(text)}</a></p>'
        case Pointer(text, url):
            return f'<p><a href="{escape(url)}" style="color:#0d4cd3">{escape(text)}</a></p>'
        case Facts(rows):
            cells = "".join(
                f'<tr><td style="padding:4px 16px 4px 0;color:#50555d">{escape(name)}</td>'
                f'<td style="padding:4px 0">{escape(value)}</td></tr>'
                for name, value in rows
            )
            return f'<table role="presentation" style="border-collapse:collapse">{cells}</table>'
