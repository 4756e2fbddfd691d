"""Data a new office starts with, a demonstration office, and a large one to measure."""
