"""What a quarter's ratings come to, with the comments and without their authors."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.views.generic import View

from abonent.common.money import NO_BREAK
from abonent.domain.identity.rules import Right
from abonent.domain.support import queries
from abonent.domain.support.rules.ratings import SUBJECT_NAMES, Tally, quarter_of, words_of
from abonent.interfaces.design.frame import NavItem
from abonent.interfaces.office.pages import OfficePage

_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Row:
    """One subject: its mean mark, how many people, how the marks fall."""

    name: str
    average: str
    people: int
    marks: str


@dataclass(frozen=True)
class Comment:
    """What somebody wrote beside a mark."""

    name: str
    mark: str
    on: date
    text: str


class Results(OfficePage, View):
    """The quarter that was asked for, else this one."""

    right = Right.RATINGS
    section = "office:ratings"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        current = quarter_of(self.today)
        known = queries.rated_quarters(supplier_id=self.supplier.id)
        quarters = known if current in known else [current, *known]
        asked = request.GET.get("quarter", "")
        chosen = next((one for one in quarters if str(one) == asked), quarters[0])
        tallies = queries.rating_results(supplier_id=self.supplier.id, quarter=chosen)
        comments = queries.rating_comments(supplier_id=self.supplier.id, quarter=chosen)
        return self.show(
            "office/ratings/results.html",
            quarters=[
                NavItem(_called(one), f"?quarter={one}", current=one == chosen) for one in quarters
            ],
            rows=[_row(tally) for tally in tallies],
            comments=[
                Comment(
                    SUBJECT_NAMES[one.subject],
                    words_of(one.subject)[one.mark],
                    localtime(one.given_at).date(),
                    one.comment,
                )
                for one in comments
            ],
        )


def _called(quarter: date) -> str:
    return f"{_ROMAN[quarter.month // 3]}{NO_BREAK}квартал {quarter.year}"


def _row(tally: Tally) -> Row:
    words = words_of(tally.subject)
    marks = [f"{words[mark]} – {tally.counts[mark]}" for mark in sorted(tally.counts, reverse=True)]
    average = str(tally.average).replace(".", ",") if tally.average is not None else "–"
    return Row(SUBJECT_NAMES[tally.subject], average, tally.people, ", ".join(marks))
