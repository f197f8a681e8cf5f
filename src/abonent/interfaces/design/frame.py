"""What the frame of a page shows around its content. Pure."""

import re
from dataclasses import dataclass

SHOWN_ACCOUNTS = 4


@dataclass(frozen=True)
class NavItem:
    """A place to go: a section, an account, a link at the foot, a case of a queue."""

    title: str
    url: str
    current: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Frame:
    """Everything around the content of one page; a door builds it, ``design`` shows it.

    ``accounts`` are the accounts of a signed-in person, or the choice «Для дома / Для
    организаций» on open pages. An empty ``sign_out_url`` means nobody has signed in, and
    then ``sign_in_url`` is offered when given. ``view_classes`` are classes of the root
    element that the person chose under «Размер и контраст»: ``large``, ``contrast``,
    ``no-pictures``.
    """

    supplier_name: str
    supplier_code: str
    hotline: str = ""
    hotline_hours: str = ""
    sections: tuple[NavItem, ...] = ()
    accounts: tuple[NavItem, ...] = ()
    person_name: str = ""
    sign_out_url: str = ""
    profile_url: str = ""
    theme_url: str = ""
    is_demo: bool = False
    home_url: str = "/"
    sign_in_url: str = ""
    imprint: tuple[NavItem, ...] = ()
    view_classes: str = ""

    @property
    def hotline_address(self) -> str:
        """Return the hotline as the address of a call: ``tel:+73430000000``."""
        digits = re.sub(r"\D", "", self.hotline)
        # Eight is the national prefix; in an address and from abroad it is seven.
        national = re.fullmatch(r"[78](\d{10})", digits)
        return f"tel:+7{national[1]}" if national else f"tel:{digits}"

    @property
    def hotline_in_words(self) -> str:
        """Return the hotline with its hours: «8 (343) 000-00-00, круглосуточно»."""
        return ", ".join(part for part in (self.hotline, self.hotline_hours) if part)

    @property
    def shown_accounts(self) -> tuple[NavItem, ...]:
        """Return the accounts on top of the page: at most four, the current one among them."""
        shown = self.accounts[:SHOWN_ACCOUNTS]
        hidden_current = [item for item in self.accounts[SHOWN_ACCOUNTS:] if item.current]
        return (*hidden_current, *shown)[:SHOWN_ACCOUNTS]

    @property
    def other_accounts(self) -> tuple[NavItem, ...]:
        """Return the accounts that unfold under «Ещё»."""
        shown = self.shown_accounts
        return tuple(item for item in self.accounts if item not in shown)
