"""Forms of the pages of documents; each says what is wrong and how to mend it."""
