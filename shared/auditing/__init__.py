"""What an auditor is told of a window of the ledger: one fold of its records, pure, with neither identities nor chance.

`marks` keeps of an event what figures need; `folding` makes of them the lives of cases; `audit` holds all of an area;
`figures` are tables of counts and times; `lists` name what a person must look at; `samples` draw cases by a seed.
"""
