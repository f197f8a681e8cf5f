"""The site on a telephone's screen: its manifest, its worker, the page without a network."""
