"""YooKassa API v3, for payments on the bank's own page."""
