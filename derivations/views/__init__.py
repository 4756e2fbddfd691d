"""Doors of derivations for people: trays, acts, batches, reader and slips."""
