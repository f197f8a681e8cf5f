"""Appeals of a person: what they wrote and what was answered."""
