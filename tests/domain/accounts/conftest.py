"""The small town, built anew for each test."""

import pytest

from town import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    """Build the town: the owner's mailbox and telephone stand in the contract."""
    return build_town()
