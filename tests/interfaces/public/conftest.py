"""A supplier with the plain preset."""

import pytest

from abonent.domain.suppliers.models import Supplier
from entrance import build_supplier


@pytest.fixture
def supplier(db: None) -> Supplier:
    """Store the supplier of ``/test/``."""
    return build_supplier()
