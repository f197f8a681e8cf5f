"""Template tags: ``abonent`` for every page, ``design_parts`` for the components alone."""
