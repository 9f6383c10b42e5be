"""Who may write and read which topic, as the broker's own rules: SASL logins and access lists made from one matrix."""
