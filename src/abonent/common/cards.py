"""Numbers of bank cards in what people write: hidden before anything is kept (TRUST B2). Pure."""

import re

_SHORTEST, _LONGEST, _SHOWN = 13, 19, 4
# Groups of digits with one space, dash or dot between: «4111 1111 1111 1111».
_RUN = re.compile(r"[0-9]+(?:[ \u00a0\u202f.\-–][0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
# No payment system issues cards that begin otherwise; accounts of people begin with zeros.
_FIRST_DIGITS = frozenset("23456")


def without_card_numbers(text: str) -> str:
    """Return the text with each card number as «••••1111».

    A card number has 13 to 19 digits, whole groups of them, that agree with the formula of
    Luhn; a longer unbroken number (a bank account has twenty digits) is none.
    """
    return _RUN.sub(lambda run: _masked(run[0]), text)


def _masked(run: str) -> str:
    groups = list(_GROUP.finditer(run))
    done, at, written = 0, 0, []
    while at < len(groups):
        end = _end_of_card(groups, at)
        if end is None:
            at += 1
            continue
        card = "".join(group[0] for group in groups[at:end])
        written += [run[done : groups[at].start()], f"••••{card[-_SHOWN:]}"]
        done, at = groups[end - 1].end(), end
    return "".join([*written, run[done:]])


def _end_of_card(groups: list[re.Match[str]], start: int) -> int | None:
    """Return where the card that begins at this group ends, the longest first; None: none."""
    for end in range(min(len(groups), start + _LONGEST), start, -1):
        digits = "".join(group[0] for group in groups[start:end])
        if _SHORTEST <= len(digits) <= _LONGEST and is_card_number(digits):
            return end
    return None


def is_card_number(digits: str) -> bool:
    """Tell whether digits may be a card's: its first digit and the formula of Luhn agree."""
    weighed = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    # Of a product of two digits both are added.
    total = sum(sum(divmod(value, 10)) for value in weighed)
    return digits[:1] in _FIRST_DIGITS and total % 10 == 0
