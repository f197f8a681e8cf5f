"""A supplier's theme: the tokens it may change, the check of contrast, the stylesheet. Pure.

A theme is a mapping such as ``{"blue": "#0a5c36", "dark": {"blue": "#7ee0ae"}}``: the
names of the tokens of ``abonent.css`` without dashes; colours for the dark scheme stand
under ``dark``. Whatever is not named keeps the value of the stylesheet.
"""

import re
from collections.abc import Mapping

LIGHT = {
    "paper": "#ffffff",
    "ink": "#0b0b0b",
    "soft": "#50555d",
    "line": "#cfd2d7",
    "edge": "#6b7078",
    "was": "#eceef1",
    "blue": "#0d4cd3",
    "gold": "#ffb300",
    "pale": "#fff6dc",
    "red": "#b3121d",
}
DARK = LIGHT | {
    "paper": "#111316",
    "ink": "#f4f3ef",
    "soft": "#b6bbc3",
    "line": "#3a3f47",
    "edge": "#8d939c",
    "was": "#262a30",
    "blue": "#9dbbff",
    "pale": "#2c2512",
    "red": "#ff9d97",
}
BLACK = "#0b0b0b"
TEXT, EDGE = 4.5, 3.0
_CURVE_BEGINS = 0.04045

# Upper colour on lower colour, and the least contrast that keeps it readable.
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "paper", TEXT), ("ink", "pale", TEXT), ("ink", "was", TEXT),
    ("soft", "paper", TEXT), ("soft", "pale", TEXT),
    ("blue", "paper", TEXT), ("blue", "pale", TEXT),
    ("red", "paper", TEXT), ("red", "pale", TEXT), ("red", "was", TEXT),
    ("edge", "paper", EDGE),
)  # fmt: skip

NAMES = {
    "paper": "фон страницы", "ink": "текст", "soft": "второй текст", "line": "линейка",
    "edge": "край поля", "was": "колёса прошлого показания", "blue": "цвет ссылок и кнопки",
    "gold": "золотая полоса", "pale": "фон текущего места", "red": "цвет ошибки",
    "font": "шрифт", "radius": "скругление",
}  # fmt: skip

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_FONT = re.compile(r"[A-Za-zА-Яа-яЁё0-9 ,\"'-]{1,200}\Z")
_RADIUS = re.compile(r"(?:0|(?:[1-9]|1[0-9]|2[0-4])px)\Z")


class UnfitThemeError(ValueError):
    """A theme that ``check_theme`` finds fault with was about to be served."""


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours by WCAG 2: from 1 (same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def check_theme(tokens: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a theme, in Russian, each with its remedy; empty when fit."""
    problems = _wrong_values(tokens)
    if problems:
        return problems
    light, dark = _schemes(tokens)
    return [
        *_unreadable(light, "светлой теме"),
        *_unreadable(dark, "тёмной теме"),
    ]


def theme_stylesheet(tokens: Mapping[str, object]) -> str:
    """Return the stylesheet that changes the tokens; load it after ``abonent.css``.

    Raises UnfitThemeError for a theme that ``check_theme`` refuses, so neither an unreadable
    page nor a foreign rule can be served.
    """
    problems = check_theme(tokens)
    if problems:
        raise UnfitThemeError("; ".join(problems))
    light, dark = _schemes(tokens)
    dark_part = _dark_part(tokens)
    colours = [name for name in LIGHT if name in tokens or name in dark_part]
    shape = [f"--{name}:{tokens[name]}" for name in ("font", "radius") if name in tokens]
    # Each changed colour is written for both schemes: a light value alone would win over
    # the dark default, because the theme is loaded last.
    base = ";".join(shape + [f"--{name}:{light[name]}" for name in colours])
    night = ";".join(f"--{name}:{dark[name]}" for name in colours)
    sheet = f":root{{{base}}}\n" if base else ""
    if night:
        sheet += f"@media (prefers-color-scheme:dark){{:root{{{night}}}}}\n"
    return sheet


def _dark_part(tokens: Mapping[str, object]) -> dict[str, str]:
    """Return the colours given for the dark scheme."""
    given = tokens.get("dark", {})
    return (
        {str(name): str(value) for name, value in given.items()}
        if isinstance(given, Mapping)
        else {}
    )


def _schemes(tokens: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Return all colours of both schemes as the page will have them."""
    changed = {name: str(tokens[name]) for name in LIGHT if name in tokens}
    # The gold bar is the one colour that both schemes share.
    shared = {"gold": changed["gold"]} if "gold" in changed else {}
    return LIGHT | changed, DARK | shared | _dark_part(tokens)


def _wrong_values(tokens: Mapping[str, object]) -> list[str]:
    """Return what cannot be a token or its value."""
    problems = []
    for name, value in tokens.items():
        if name == "dark":
            if not isinstance(value, Mapping):
                problems.append("dark: укажите таблицу цветов тёмной темы")
                continue
            for key, colour in value.items():
                problems += _wrong_colour(str(key), colour, f"dark.{key}")
        elif name == "font":
            if not isinstance(value, str) or not _FONT.match(value) or _unclosed(value):
                problems.append("font: перечислите названия шрифтов через запятую")
        elif name == "radius":
            if not isinstance(value, str) or not _RADIUS.match(value):
                problems.append("radius: укажите от 0 до 24px, например 3px")
        else:
            problems += _wrong_colour(name, value, name)
    return problems


def _wrong_colour(name: str, value: object, shown: str) -> list[str]:
    """Return the fault of one colour, if any."""
    if name not in LIGHT:
        return [f"{shown}: такого цвета в оформлении нет. Есть: {', '.join(LIGHT)}"]
    if not isinstance(value, str) or not _COLOUR.match(value):
        return [f"{shown}: укажите цвет в виде #0d4cd3"]
    return []


def _unclosed(font: str) -> bool:
    """Tell whether a quotation mark has no pair and would swallow the rest of the sheet."""
    return font.count('"') % 2 == 1 or font.count("'") % 2 == 1


def _unreadable(scheme: Mapping[str, str], where: str) -> list[str]:
    """Return the pairs of colours that are too close to each other."""
    problems = []
    for upper, lower, least in PAIRS:
        have = contrast(scheme[upper], scheme[lower])
        if have < least:
            problems.append(
                f"В {where} {NAMES[upper]} ({upper} {scheme[upper]}) плохо виден, где под ним "
                f"{NAMES[lower]} ({lower} {scheme[lower]}): контраст {_shown(have)}, нужно не "
                f"меньше {_shown(least)}. Сделайте один из цветов темнее или светлее"
            )
    have = contrast(BLACK, scheme["gold"])
    if have < TEXT:
        problems.append(
            f"В {where} на золотом (gold {scheme['gold']}) не читается чёрный текст: контраст "
            f"{_shown(have)}, нужно не меньше {_shown(TEXT)}. Возьмите цвет светлее"
        )
    return problems


def _shown(value: float) -> str:
    """Write a contrast cut, not rounded, to one decimal, so that 4,49 never reads 4,5."""
    return f"{int(value * 10) / 10:.1f}".replace(".", ",")


def _luminance(colour: str) -> float:
    """Return the relative luminance of ``#rgb`` or ``#rrggbb``, from 0 to 1."""
    digits = colour.removeprefix("#")
    size = len(digits) // 3
    parts = (digits[place * size : (place + 1) * size] * (3 - size) for place in range(3))
    red, green, blue = (_linear(int(part, 16) / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    """Undo the curve of sRGB for one channel from 0 to 1."""
    return part / 12.92 if part <= _CURVE_BEGINS else ((part + 0.055) / 1.055) ** 2.4
