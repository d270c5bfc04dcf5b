"""The lines that are printed beside the picture when something happens that the player should know."""

from antiphon.perform.reports import Learned, ProgramChosen, Report
from antiphon.stage.ports.port import PortChanged


def remark(report: Report | PortChanged) -> str | None:
    """The line for a report; None where there is nothing to say."""
    match report:
        case PortChanged(name, True):
            return f"{name} is back."
        case PortChanged(name, False):
            return f"{name} is gone; waiting for it to return."
        case Learned(_, name, control):
            line = f"{name} = {control}"
            return f"{name} is control {control} now; to keep it, write {line} below [control] in config.toml"
        case ProgramChosen(_, program, None):
            return f"There is no program {program + 1}; [model] programs in config.toml lists them."
        case ProgramChosen(_, program, name):
            return f"Program {program + 1}: {name} answers now."
    return None
