"""For whoever runs an installation: backups, checks, and what support asks for."""

from . import backup, check, doctor

COMMANDS = (*backup.COMMANDS, *check.COMMANDS, *doctor.COMMANDS)
