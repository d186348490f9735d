"""`python -m migrate` is the console script `aws-sso-migrate`."""

from migrate.cli.app import main

if __name__ == "__main__":
    main()
