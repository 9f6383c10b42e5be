"""The common language of the services: identifiers, vocabulary, messages, topics, wire format, ledger record.

Pure data and pure functions: nothing here reads a clock, a file, a socket or a random source.
"""
