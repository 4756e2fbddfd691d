"""The API door of derivations."""
