"""Alerts that nobody asked for: terms that end, the chiefs' daily summary, faults that operators must know."""
