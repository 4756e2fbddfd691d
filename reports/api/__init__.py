"""API of the reports."""
