"""Writers: each puts a report on a binary file, in one format."""
