"""What stands in for the process that makes sound; another process imports it by this name."""

from antiphon.stage.sound import process


def no_device(reader, supervisor, order):  # noqa: ARG001
    supervisor.send("There is no sound: no sound device answers.")


def dies(reader, supervisor, order):  # noqa: ARG001
    supervisor.send("Sound is on nothing.")


def sounds(reader, supervisor, order):  # noqa: ARG001
    supervisor.send("Sound is on air; it adds 9 ms.")
    process._wait_for_the_end(supervisor)
