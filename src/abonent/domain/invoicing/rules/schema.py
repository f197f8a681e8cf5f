"""Checks a file of ours against our own XSD: the part of the language that the schema uses. Pure.

Sequences and choices of elements, attributes, and simple types with patterns, lengths, listed
values and digits. A word of the language that is not among these stops the reading of a
schema, so nothing in it is passed over in silence (docs/adr/0011).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

_XS = "{http://www.w3.org/2001/XMLSchema}"
_BASES = ("xs:string", "xs:decimal")


@dataclass(frozen=True)
class _Simple:
    """What a text may be."""

    base: str
    facets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Child:
    """An element that another one holds, so many times."""

    name: str
    kind: str
    least: int
    most: int | None


@dataclass(frozen=True)
class _Complex:
    """What an element may hold: children by turns or one of them, attributes (name → needed)."""

    children: tuple[_Child, ...]
    is_choice: bool
    attributes: dict[str, tuple[str, bool]]


@dataclass(frozen=True)
class Schema:
    """A schema that was read: its root element and its types by name."""

    root: _Child
    simple: dict[str, _Simple] = field(default_factory=dict)
    complex: dict[str, _Complex] = field(default_factory=dict)


def read_schema(text: str) -> Schema:
    """Read an XSD; raises ValueError at a word of the language that is not known here."""
    top = ET.fromstring(text)  # noqa: S314  (a file of ours)
    simple = {one.attrib["name"]: _simple(one) for one in top.findall(f"{_XS}simpleType")}
    complex_ = {one.attrib["name"]: _complex(one) for one in top.findall(f"{_XS}complexType")}
    (root,) = (_child(one) for one in top.findall(f"{_XS}element"))
    return Schema(root, simple, complex_)


def faults_of(content: bytes, schema: Schema) -> list[str]:
    """Return what is wrong with a file, in Russian, each fault with its place; empty: nothing."""
    root = ET.fromstring(content)  # noqa: S314  (a file that we have just written)
    if root.tag != schema.root.name:
        return [f"{root.tag}: нужен элемент {schema.root.name}"]
    return list(_faults(root, schema.root.kind, root.tag, schema))


def _faults(element: Element, kind: str, place: str, schema: Schema) -> Iterator[str]:
    if kind in schema.simple or kind in _BASES:
        if len(element) or element.attrib:
            yield f"{place}: здесь только текст"
        yield from _text_faults(element.text or "", kind, place, schema)
        return
    shape = schema.complex[kind]
    if (element.text or "").strip():
        yield f"{place}: здесь нет текста"
    for name, (of, needed) in shape.attributes.items():
        if name in element.attrib:
            yield from _text_faults(element.attrib[name], of, f"{place}/@{name}", schema)
        elif needed:
            yield f"{place}/@{name}: не указано"
    for name in element.attrib.keys() - shape.attributes.keys():
        yield f"{place}/@{name}: такого реквизита нет"
    yield from _order_faults(element, shape, place)
    kinds = {child.name: child.kind for child in shape.children}
    for child in element:
        if child.tag in kinds:
            yield from _faults(child, kinds[child.tag], f"{place}/{child.tag}", schema)


def _order_faults(element: Element, shape: _Complex, place: str) -> Iterator[str]:
    """Say where the children are not those of the type, in its order and number."""
    rest = [child.tag for child in element]
    wanted = shape.children
    if shape.is_choice:
        wanted = tuple(child for child in wanted if rest and child.name == rest[0])
        if not wanted:
            names = ", ".join(child.name for child in shape.children)
            yield f"{place}: нужен один из элементов {names}"
            return
    for child in wanted:
        count = 0
        while rest and rest[0] == child.name and (child.most is None or count < child.most):
            rest.pop(0)
            count += 1
        if count < child.least:
            yield f"{place}/{child.name}: нет элемента"
    if rest:
        yield f"{place}/{rest[0]}: элемент не на месте"


def _text_faults(text: str, kind: str, place: str, schema: Schema) -> Iterator[str]:
    if kind in _BASES:
        return
    simple = schema.simple[kind]
    if simple.base == "xs:decimal" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        yield f"{place}: «{text}» – не число"
        return
    listed = [value for name, value in simple.facets if name == "enumeration"]
    if listed and text not in listed:
        yield f"{place}: «{text}» – нет среди допустимых значений"
    for name, value in simple.facets:
        if name != "enumeration" and not _holds(name, value, text):
            yield f"{place}: «{text}» – не по формату ({name} {value})"


def _holds(name: str, value: str, text: str) -> bool:
    """Tell whether a text keeps to one facet of its type."""
    if name == "pattern":
        return re.fullmatch(value, text) is not None
    if name == "minLength":
        return len(text) >= int(value)
    if name == "maxLength":
        return len(text) <= int(value)
    try:
        digits, exponent = Decimal(text).normalize().as_tuple()[1:]
    except InvalidOperation:
        return False
    places = max(-int(exponent), 0)
    if name == "fractionDigits":
        return places <= int(value)
    return max(len(digits), len(digits) + int(exponent)) <= int(value)


def _simple(given: Element) -> _Simple:
    (restriction,) = given
    known = {"pattern", "minLength", "maxLength", "enumeration", "totalDigits", "fractionDigits"}
    facets = tuple((_word(one), one.attrib["value"]) for one in restriction)
    base = restriction.attrib["base"]
    if base not in _BASES or {name for name, _ in facets} - known:
        raise ValueError(given.attrib["name"])
    return _Simple(base, facets)


def _complex(given: Element) -> _Complex:
    children: tuple[_Child, ...] = ()
    is_choice, attributes = False, {}
    for one in given:
        word = _word(one)
        if word == "attribute":
            attributes[one.attrib["name"]] = one.attrib["type"], one.attrib["use"] == "required"
        elif word in {"sequence", "choice"}:
            children, is_choice = tuple(_child(child) for child in one), word == "choice"
        else:
            raise ValueError(word)
    return _Complex(children, is_choice, attributes)


def _child(given: Element) -> _Child:
    most = given.attrib.get("maxOccurs", "1")
    return _Child(
        name=given.attrib["name"],
        kind=given.attrib["type"],
        least=int(given.attrib.get("minOccurs", "1")),
        most=None if most == "unbounded" else int(most),
    )


def _word(given: Element) -> str:
    return given.tag.removeprefix(_XS)
