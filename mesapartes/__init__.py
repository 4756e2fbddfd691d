"""Mesa de Partes: the project that joins the applications."""
