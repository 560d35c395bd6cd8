"""Django's own commands, as ``python -m workbench check --deploy``."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    execute_from_command_line(["python -m workbench", *sys.argv[1:]])
