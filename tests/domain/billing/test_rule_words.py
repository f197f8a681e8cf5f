"""Every rule that can make a line has its words: a person never meets a code."""

import re
from pathlib import Path

import pytest

from abonent.domain.billing import rules
from abonent.domain.billing.rules.explanation import explain
from abonent.domain.billing.rules.paper import COMPONENT_WORDS, line_detail, paper_lines
from abonent.domain.billing.rules.reasons import REASONS, reason_of
from abonent.domain.billing.rules.steps import LineView
from abonent.domain.billing.rules.words import Method, Rule
from abonent.domain.suppliers.rules import Unit

# How the code of a rule stands in the calculation.
MADE = (
    r'pl\.lit\("(\w+)"\)\.alias\("rule"\)',
    r'^RULE = "(\w+)"',
    r'\.(?:then|otherwise)\(pl\.lit\("(heat_h\d\w*|contract_price)"\)\)',
    r'_as\(\w+, "(\w+)"\)',
    r'Volume\("single", \w+, "\w+", "(\w+)"',
    r', rule = .*?, "(\w+)"$',
    r'method = pl\.when\("estimated"\)\.then\(pl\.lit\("(\w+)"\)\)',
    r'method = .*\.otherwise\(pl\.lit\("(\w+)"\)\)',
)
OF_FIRMS = {
    Rule.HOURLY, Rule.POWER, Rule.LAST_YEAR, Rule.PREVIOUS_MONTH, Rule.MAX_POWER,
    Rule.YEAR_AVERAGE, Rule.PIPE, Rule.HEAT_BASE,
}  # fmt: skip
# Lines that correct others: their explanation needs what they correct.
TAKEN_OFF = {Rule.ABSENCE, Rule.BREAK, Rule.QUALITY, Rule.BENEFIT, Rule.CORRECTION}
CODE = re.compile(r"[a-z]+_[a-z0-9_]+|[a-z]{4,}")


def line(rule: str, **more: object) -> LineView:
    given = {
        "line": 1, "service": "el", "service_name": "Свет", "service_kind": "electricity",
        "component": "", "zone": "single", "band": 1, "unit": Unit.KWH, "volume": 1_000_000,
        "method": Method.CORRECTION if rule in TAKEN_OFF else Method.NORM, "rate": 647_000,
        "multiplier": 1000, "amount": 647, "vat": 117, "corrects": None, "rule": rule,
    }  # fmt: skip
    return LineView(**given | more)  # type: ignore[arg-type]  # the words are ours


def made() -> set[str]:
    found = set()
    for file in Path(rules.__path__[0]).glob("*.py"):
        text = file.read_text(encoding="utf-8")
        for pattern in MADE:
            found |= set(re.findall(pattern, text, flags=re.MULTILINE))
    # The formulas of a house have a second name when they are paid over the year.
    return found | {f"{rule}_year" for rule in found if re.fullmatch(r"heat_h\d", rule)}


def test_the_list_of_rules_is_what_the_calculation_makes():
    assert made() == set(Rule)


@pytest.mark.parametrize("rule", list(Rule))
def test_a_rule_has_a_reason_on_the_page_and_on_paper(rule):
    told = reason_of(line(rule))
    assert told == REASONS[rule]
    assert told.endswith(".")
    assert not CODE.search(told)
    (paper,) = paper_lines([line(rule)], {})
    assert paper.why == told
    assert not CODE.search(paper.detail)


@pytest.mark.parametrize("rule", sorted(set(Rule) - OF_FIRMS - TAKEN_OFF))
def test_a_rule_of_homes_names_its_act(rule):
    assert explain(line(rule, basis="{}")).act


@pytest.mark.parametrize("rule", sorted(OF_FIRMS | {Rule.METER, Rule.CONTRACT_PRICE}))
@pytest.mark.parametrize("kind", ["electricity", "heat", "hot_water", "cold_water"])
def test_a_rule_of_firms_names_the_act_of_its_service(rule, kind):
    told = explain(line(rule, service_kind=kind, basis='{"firm":1}')).act
    assert told.startswith("Постановление №")
    assert "354" not in told


@pytest.mark.parametrize("component", ["", *COMPONENT_WORDS])
def test_a_component_and_a_zone_are_told_in_russian(component):
    for zone in ("single", "day", "night", "peak", "halfpeak"):
        assert not CODE.search(line_detail(line("meter", component=component, zone=zone, band=2)))


def test_a_bill_from_elsewhere_is_told_by_its_method():
    for method in Method:
        assert reason_of(line("their_own", method=method))
