"""Checking every book without trusting any service: chain, inputs, times, fold."""
