"""The page that a notice leads to: the person blocks the cabinet without signing in."""
