"""Brings the database and the static files up to date before a start: `python -m mesapartes.preparacion`.

One process and one load of Django for all of it, and nothing that has not changed is done again.
"""

import errno
import hashlib
import os
import sys
import traceback
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands

USUARIOS_DEMO = ("ventanilla", "transportes", "legal", "jefa", "admin")


def huella_de(*carpetas):
    """Hash of the names, sizes and times of every file under these folders."""
    suma = hashlib.sha256()
    for carpeta in carpetas:
        for ruta in sorted(Path(carpeta).rglob("*")):
            if ruta.is_file() and "__pycache__" not in ruta.parts:
                hecho = ruta.stat()
                suma.update(f"{ruta}|{hecho.st_size}|{hecho.st_mtime_ns}\n".encode())
    return suma.hexdigest()


def marcado(nombre, huella):
    """Whether this work was done for the same files before; the note lies under MESA_VAR."""
    archivo = settings.MESA_VAR / f"{nombre}.marca"
    return archivo.is_file() and archivo.read_text() == huella


def marcar(nombre, huella):
    (settings.MESA_VAR / f"{nombre}.marca").write_text(huella)


def preparar():
    """Migrate, load catalogues, load demonstration data once, collect static files.

    Returns: whether the demonstration users exist in this database.
    """
    call_command("migrate", interactive=False, verbosity=0)
    ordenes = get_commands()
    apps_propias = [c.path for c in apps.get_app_configs() if Path(c.path).parent == settings.BASE_DIR]
    codigo = huella_de(
        *(
            Path(ruta) / parte
            for ruta in apps_propias
            for parte in ("management", "migrations", "data", "datos")
        )
    )
    sin_tipos = not apps.get_model("documents.TipoDocumento").objects.exists()
    if "cargar_catalogos" in ordenes and (sin_tipos or not marcado("catalogos", codigo)):
        call_command("cargar_catalogos", verbosity=0)
        marcar("catalogos", codigo)
    if (
        settings.MESA_DEMO
        and "cargar_demo" in ordenes
        and not apps.get_model("documents.Documento").objects.exists()
    ):
        print("mesa: cargando los datos de demostración", file=sys.stderr, flush=True)
        call_command("cargar_demo", verbosity=0)
    paquetes = settings.BASE_DIR / "requirements.txt"
    estaticos = huella_de(*settings.STATICFILES_DIRS, *(Path(ruta) / "static" for ruta in apps_propias))
    estaticos += hashlib.sha256(paquetes.read_bytes()).hexdigest()
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file() or not marcado("estaticos", estaticos):
        call_command("collectstatic", interactive=False, verbosity=0)
        marcar("estaticos", estaticos)
    usuario = apps.get_model(settings.AUTH_USER_MODEL)
    return settings.MESA_DEMO and usuario.objects.filter(username__in=USUARIOS_DEMO).count() >= len(
        USUARIOS_DEMO
    )


def explicar(error):
    """One Spanish line for what stopped the preparation."""
    texto = " ".join(str(error).split())
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left on device" in texto:
        return f"No queda espacio en el disco de {settings.MESA_VAR}: libera espacio y vuelve a intentarlo."
    if type(error).__name__ == "OperationalError" and ("connect" in texto or "resolve" in texto):
        return f"No se puede conectar con PostgreSQL: {texto[:200]}. Revisa DATABASE_URL."
    return f"No se pudo preparar la base de datos: {type(error).__name__}: {texto[:300]}"


def main():
    """Run the preparation; the last line says `demo` or `listo`. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
    try:
        django.setup()
        con_demo = preparar()
    except ImproperlyConfigured as error:
        print(f"mesa: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        try:
            registro = settings.RUTAS.registros / "preparacion.log"
            registro.parent.mkdir(parents=True, exist_ok=True)
            registro.write_text(traceback.format_exc())
            detalle = f" (detalle en {registro})"
        except OSError:
            detalle = ""
        print(f"mesa: {explicar(error)}{detalle}", file=sys.stderr)
        return 1
    print("demo" if con_demo else "listo", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
