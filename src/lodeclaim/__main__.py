"""`python -m lodeclaim` is `lodeclaim`."""

from lodeclaim.cli import main

if __name__ == "__main__":
    main(prog_name="lodeclaim")
