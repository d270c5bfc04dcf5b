"""`python -m antiphon`, for those who cannot rely on the scripts' folder."""

from antiphon.cli import main

if __name__ == "__main__":
    main()
