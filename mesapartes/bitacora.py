"""Where the log lines go: the console, one format."""


def bitacora(nivel):
    """The LOGGING setting, at a level."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"linea": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"consola": {"class": "logging.StreamHandler", "formatter": "linea"}},
        "root": {"handlers": ["consola"], "level": nivel},
        "loggers": {
            "django": {"handlers": ["consola"], "level": nivel, "propagate": False},
            "django-q": {"handlers": ["consola"], "level": nivel, "propagate": False},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
