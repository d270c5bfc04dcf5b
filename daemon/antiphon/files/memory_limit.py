"""How much memory a process that reads what others wrote may take. Knows nothing of what it reads."""

MOST_MEMORY_BYTES = 4 << 30


def limit_memory() -> None:
    """From now on this process, and those it starts, ask in vain for more; where the system knows no limits,
    nothing changes."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
