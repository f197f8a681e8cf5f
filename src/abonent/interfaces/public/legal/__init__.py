"""Legal texts and the objection to a link."""
