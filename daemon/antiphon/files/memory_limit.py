"""How much memory a process that reads files of others may take. Knows nothing of what it reads."""

MOST_MEMORY_BYTES = 4 << 30


def limit_memory() -> None:
    """Limit this process and those it starts; on a system without such limits nothing changes."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
