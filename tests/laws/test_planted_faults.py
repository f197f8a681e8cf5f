"""The list of planted faults keeps up with the code; ``make faults`` plants them."""

import pytest
from source import ROOT

from planted_faults import faults


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_each_fault_can_still_be_planted(fault):
    assert fault.changes
    assert fault.tests
    for change in fault.changes:
        assert change.old != change.new
        assert (ROOT / change.path).read_text(encoding="utf-8").count(change.old) == 1
    for test in fault.tests:
        path, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")
