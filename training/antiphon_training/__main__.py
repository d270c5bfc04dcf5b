"""`python -m antiphon_training`, for those who cannot rely on the scripts' folder."""

from antiphon_training.commands.cli import main

if __name__ == "__main__":
    main()
