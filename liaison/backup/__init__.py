"""Backup and restore: one file with the database and the uploads, made in one snapshot, checked before it is used.

archive.py    the file: what it holds, how it is written, how it is found whole
programs.py   pg_dump and pg_restore, of the right version and without a password on the command line
databases.py  connections of the three roles, and one database put in the place of another
saving.py     `manage.py backup`
restoring.py  `manage.py restore`, a list of steps; nothing of the running site is touched before the last one
"""
