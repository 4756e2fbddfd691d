"""Mail: how a letter is written, built and sent, and what became of it."""
