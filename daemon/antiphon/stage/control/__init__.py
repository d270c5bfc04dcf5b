"""Status and commands from outside: the control socket and the service files."""
