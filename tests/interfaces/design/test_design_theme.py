"""A theme changes tokens only, and only to colours that can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.interfaces import design
from abonent.interfaces.design.theme import (
    DARK,
    LIGHT,
    UnfitThemeError,
    check_theme,
    contrast,
    theme_stylesheet,
)

SHEET = Path(design.__file__).parent / "static" / "design" / "abonent.css"
COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("#000000", "#ffffff", 21.0), ("#fff", "#ffffff", 1.0), ("#0b0b0b", "#ffffff", 19.7),
        ("#0d4cd3", "#ffffff", 7.0), ("#0b0b0b", "#ffb300", 11.0), ("#ffb300", "#ffffff", 1.8),
        ("#b3121d", "#ffffff", 7.0), ("#777777", "#ffffff", 4.48),
    ],
)  # fmt: skip
def test_contrast(a: str, b: str, expected: float) -> None:
    assert contrast(a, b) == pytest.approx(expected, abs=0.11)


@given(COLOURS, COLOURS)
def test_contrast_does_not_depend_on_the_order(a: str, b: str) -> None:
    assert contrast(a, b) == contrast(b, a)
    assert 1 <= contrast(a, b) <= 21


def test_the_tokens_are_those_of_the_stylesheet() -> None:
    blocks = re.findall(r":root \{(.*?)\}", SHEET.read_text(), re.DOTALL)
    for block, scheme in zip(blocks[:2], (LIGHT, DARK), strict=True):
        found = dict(re.findall(r"--(\w+): (#[0-9a-f]+);", block))
        named = {
            name: f"#{code[1:] * 2}" if len(code) == 4 else code for name, code in found.items()
        }
        assert named
        assert {name: scheme[name] for name in named} == named


def test_our_own_theme_is_fit() -> None:
    assert check_theme({}) == []
    assert theme_stylesheet({}) == ""


def test_pale_text_is_refused_with_a_remedy() -> None:
    problems = check_theme({"soft": "#999999"})
    assert len(problems) == 2
    assert "второй текст" in problems[0]
    assert "контраст 2,8, нужно не меньше 4,5" in problems[0]


def test_gold_too_dark_for_black_text_is_refused() -> None:
    problems = check_theme({"gold": "#333333"})
    assert len(problems) == 2, "gold is shared by both schemes"
    assert "чёрный текст" in problems[0]


def test_contrast_is_never_rounded_up() -> None:
    assert "контраст 4,4" in check_theme({"soft": "#777777"})[0]


@pytest.mark.parametrize(
    ("tokens", "named"),
    [
        ({"blue": "red"}, "blue"), ({"blue": "#12345"}, "blue"), ({"blue": 5}, "blue"),
        ({"blue": "#0d4cd3;}body{display:none"}, "blue"), ({"blue": "#0d4cd3\n"}, "blue"),
        ({"cell": "#000000"}, "cell"), ({"dark": "black"}, "dark"),
        ({"dark": {"blue": "url(//evil)"}}, "dark.blue"),
        ({"font": "a;}*{color:red"}, "font"), ({"font": '"Golos'}, "font"),
        ({"radius": "1em"}, "radius"), ({"radius": "300px"}, "radius"),
    ],
)  # fmt: skip
def test_wrong_values_are_named_and_never_served(tokens: dict[str, object], named: str) -> None:
    assert check_theme(tokens)[0].startswith(f"{named}:")
    with pytest.raises(UnfitThemeError):
        theme_stylesheet(tokens)


def test_stylesheet_changes_both_schemes() -> None:
    sheet = theme_stylesheet(
        {"blue": "#0a5c36", "radius": "0", "font": '"Golos Text", sans-serif',
         "dark": {"blue": "#7ee0ae"}}
    )  # fmt: skip
    assert sheet == (
        ':root{--font:"Golos Text", sans-serif;--radius:0;--blue:#0a5c36}\n'
        "@media (prefers-color-scheme:dark){:root{--blue:#7ee0ae}}\n"
    )


def test_light_colour_alone_leaves_the_dark_scheme_as_it_was() -> None:
    assert f"dark){{:root{{--blue:{DARK['blue']}}}" in theme_stylesheet({"blue": "#0a5c36"})


@given(st.dictionaries(st.sampled_from(sorted(LIGHT)), COLOURS, max_size=3))
def test_a_theme_is_served_only_when_nothing_is_wrong(tokens: dict[str, object]) -> None:
    if check_theme(tokens):
        with pytest.raises(UnfitThemeError):
            theme_stylesheet(tokens)
    else:
        assert all(f"--{name}:{code}" in theme_stylesheet(tokens) for name, code in tokens.items())


def test_stylesheet_stays_small() -> None:
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(), flags=re.DOTALL)
    small = re.sub(r" ?([{};,>:]) ?", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}")
    assert len(small.encode()) < 12_000  # about 3 kB as it travels
