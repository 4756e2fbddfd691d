"""A worker in a process of its own: runs one task against a mail server.

Run as: python -m tests.notifications.masivo_muere <database> <port of the server> <task>
Prints the state it left, the seconds it took, of clock and of processor, and its largest memory.
"""

import os
import resource
import sys
import time


def main(base, puerto, tarea):
    os.environ["DJANGO_SETTINGS_MODULE"] = "mesapartes.settings_test"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = base
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(puerto)
    django.setup()
    from core.jobs import ejecutar_tarea

    inicio = time.monotonic()
    estado = ejecutar_tarea(int(tarea))
    uso = resource.getrusage(resource.RUSAGE_SELF)
    print(
        estado,
        f"{time.monotonic() - inicio:.1f} s, cpu {uso.ru_utime + uso.ru_stime:.1f} s, {uso.ru_maxrss} kB",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
