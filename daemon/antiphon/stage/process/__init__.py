"""The playing process and the process that watches over it."""
