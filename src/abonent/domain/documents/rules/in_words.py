"""A sum of money in words, as documents of organisations write it. Pure."""

from abonent.common.words import plural

_ROUBLES = ("рубль", "рубля", "рублей")
_KOPECKS = ("копейка", "копейки", "копеек")
_ONES = (
    "", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
    "семнадцать", "восемнадцать", "девятнадцать",
)  # fmt: skip
_TENS = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят",
    "восемьдесят", "девяносто",
)  # fmt: skip
_HUNDREDS = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот",
    "девятьсот",
)  # fmt: skip
# Thousands are feminine: «одна тысяча», «две тысячи».
_SHE = {"один": "одна", "два": "две"}
_GROUPS = (
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
    ("триллион", "триллиона", "триллионов"),
)
_THOUSANDS, _LAST_TEEN = 1, 20


def sum_in_words(kopecks: int) -> str:
    """Return «Двадцать четыре тысячи девятьсот двадцать рублей 81 копейка»."""
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "минус " if kopecks < 0 else ""
    words = f"{sign}{number_in_words(roubles)} {plural(roubles, _ROUBLES)}"
    text = f"{words} {rest:02d} {plural(rest, _KOPECKS)}"
    return text[:1].upper() + text[1:]


def number_in_words(value: int) -> str:
    """Return a whole number below 10**15, not negative, in words of the masculine gender."""
    if not value:
        return "ноль"
    parts: list[str] = []
    for place in reversed(range(len(_GROUPS))):
        group = value // 1000**place % 1000
        if group:
            parts += [*_three_digits(group, place), plural(group, _GROUPS[place])]
    return " ".join(part for part in parts if part)


def _three_digits(group: int, place: int) -> list[str]:
    """Return the words of a number below a thousand, as its place in a larger one wants them."""
    hundreds, rest = divmod(group, 100)
    tens, ones = (0, rest) if rest < _LAST_TEEN else divmod(rest, 10)
    last = _ONES[ones]
    if place == _THOUSANDS:
        last = _SHE.get(last, last)
    return [_HUNDREDS[hundreds], _TENS[tens], last]
