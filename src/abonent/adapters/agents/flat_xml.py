"""XML of agents: one element with values in it. Nothing that XML can do beyond that is read.

The parser is the standard library's expat with the dangerous half refused as soon as it
begins: a document type (and with it every entity), processing instructions, depth, size
(TRUST T24). Bytes become text here, so that a lying or missing declaration cannot choose an
encoding for us.
"""

import re
from collections.abc import Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

LARGEST = 64 * 1024
_DEEPEST, _MOST = 3, 64
_DECLARATION = re.compile(
    rb"""\A\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_-]{1,32})["']"""
)
_HEAD = re.compile(r"\A\s*<\?xml\s[^>]{0,200}\?>")
_CONTROLS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KNOWN = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "windows-1251": "cp1251",
    "cp1251": "cp1251", "koi8-r": "koi8-r", "cp866": "cp866", "ibm866": "cp866",
}  # fmt: skip


class Unreadable(ValueError):
    """Not the plain XML that an agent sends."""


def decoded(raw: bytes, encoding: str) -> str:
    """Turn bytes into text: by a mark, by what they declare, else by the agent's encoding."""
    if len(raw) > LARGEST:
        raise Unreadable("too long")
    found = _DECLARATION.match(raw[:300])
    named = found[1].decode("ascii").lower() if found else ""
    if named and named not in _KNOWN:
        raise Unreadable(f"encoding {named}")
    if raw.startswith(b"\xef\xbb\xbf"):
        return _text(raw[3:], "utf-8")
    return _text(raw, _KNOWN[named] if named else encoding)


def values(raw: bytes, encoding: str) -> dict[str, str]:
    """Return the values of a flat document by the names of their elements.

    Raises Unreadable for anything else: not well-formed, a name told twice, text beside
    elements, a document type.
    """
    return _Reader().read(_HEAD.sub("", decoded(raw, encoding), count=1))


def document(root: str, elements: Sequence[tuple[str, str]], inner: str, encoding: str) -> bytes:
    """Write a flat document; ``inner`` is XML that is put in as it is, before the end."""
    told = "".join(f"<{tag}>{_said(text)}</{tag}>" for tag, text in elements)
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<{root}>{told}{inner}</{root}>\n'
    return text.encode(encoding, "xmlcharrefreplace")


def lines(tag: str, told: Sequence[tuple[str, str]]) -> str:
    """Write named lines for a screen: ``<fields><field1 name="…" type="disp">…``."""
    if not told:
        return ""
    inner = "".join(
        f'<field{place} name={quoteattr(name)} type="disp">{_said(text)}</field{place}>'
        for place, (name, text) in enumerate(told, start=1)
    )
    return f"<{tag}>{inner}</{tag}>"


def _said(text: str) -> str:
    return escape(_CONTROLS.sub("", text))


def _text(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {encoding}") from error


class _Reader:
    """Collects the values of elements that hold nothing but text."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._open: list[tuple[str, list[str]]] = []
        self._parents: set[int] = set()

    def read(self, text: str) -> dict[str, str]:
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ProcessingInstructionHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(text.encode(), True)  # noqa: FBT003  (expat takes no keywords)
        except expat.ExpatError as error:
            raise Unreadable(str(error)) from error
        return self.found

    def _refuse(self, *_told: object) -> None:
        raise Unreadable("a document type or an instruction")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._parents.add(len(self._open))
        self._open.append((name, []))
        if len(self._open) > _DEEPEST or len(self.found) > _MOST:
            raise Unreadable("too deep or too much")

    def _characters(self, text: str) -> None:
        self._open[-1][1].append(text)

    def _end(self, name: str) -> None:
        depth = len(self._open)
        _, said = self._open.pop()
        text = "".join(said).strip()
        holds_elements = depth in self._parents
        self._parents.discard(depth)
        if holds_elements and not text:
            return
        if holds_elements or name in self.found:
            raise Unreadable(f"{name} is not a plain value")
        self.found[name] = text
