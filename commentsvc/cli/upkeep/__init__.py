"""Commands for operators: backups, checks, and the report for support."""

from . import backup, check, doctor

COMMANDS = (*backup.COMMANDS, *check.COMMANDS, *doctor.COMMANDS)
