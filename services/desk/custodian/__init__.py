"""The custodian: sole holder of the key that opens identities. It opens by a recorded grant and by nothing else."""
