"""Wire protocols of acquirers, each a module that speaks for the one bank behind it."""
