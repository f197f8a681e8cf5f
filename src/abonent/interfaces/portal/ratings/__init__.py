"""A person rates the cabinet and the supplier's work, once a quarter."""
