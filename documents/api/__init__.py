"""The API door of documents."""
