"""Is this paper ours? The code printed on a document, open to everybody."""
