#!/usr/bin/env python3
"""Run Django's commands for Mesa de Partes."""

import os
import sys


def main():
    """Run the command line, with Mesa de Partes' settings unless others are named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesapartes.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("mesa: falta Django en este Python; ejecuta script/setup y usa .venv/bin/python.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
