"""`python -m antiphon_training`, for those who cannot rely on the scripts' folder."""

from antiphon_training.cli import main

if __name__ == "__main__":
    main()
