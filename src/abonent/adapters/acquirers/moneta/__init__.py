"""MONETA.RU: its payment form (Assistant) and the look-ups of its Merchant API."""
