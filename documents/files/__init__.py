"""Files of the documents: staged, examined, stored by content, processed and served."""
