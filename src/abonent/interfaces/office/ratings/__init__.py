"""What people's ratings come to."""
