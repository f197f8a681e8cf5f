"""The doors: the outside world is translated here and nowhere else."""
