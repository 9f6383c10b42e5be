"""`python -m services.desk.custodian`."""

from services.desk.custodian.app import main

if __name__ == "__main__":
    main()
