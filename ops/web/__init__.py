"""What a browser is served besides pages: fetched once at set-up, held by hashes, never from outside at run time."""
