"""The bench: measures the real server over HTTP on a large volume. See script/bench."""
