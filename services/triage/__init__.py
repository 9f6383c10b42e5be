"""Triage: decides every report and every command by recorded, explained decisions."""
