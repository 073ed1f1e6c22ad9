"""What web server and worker do before their first work: nothing runs above the policies of the database."""

import sys

from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from django.db.backends.signals import connection_created

from liaison.environment import refuse


def stand_behind_the_wall() -> None:
    """Stop the start when row-level security is not as declared, or the database's role is above it.

    While the database is away there is nothing to ask: pages answer 503, tasks are tried again, and the question is
    put to the first connection there is.
    """
    try:
        call_command("check_wall", stdout=sys.stderr)
    except OperationalError:
        connection_created.connect(ask_again, dispatch_uid="check_wall")
    except CommandError as breach:
        refuse(str(breach))
    finally:
        connections.close_all()  # not for forked children to share


def ask_again(connection, **_) -> None:
    if connection.alias != "default":
        return
    try:
        call_command("check_wall", stdout=sys.stderr)
    except CommandError as breach:
        connection.close()
        raise OperationalError(str(breach)) from breach
    connection_created.disconnect(dispatch_uid="check_wall")
