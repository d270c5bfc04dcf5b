"""The shell: everything that can block or fail."""
