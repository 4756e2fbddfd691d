"""Doors of documents for people."""
