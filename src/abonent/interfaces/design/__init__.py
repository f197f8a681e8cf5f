"""What every door shows: page frame, components, form fields, template tags, styles."""
