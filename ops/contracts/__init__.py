"""What is generated from the contracts and checked in: JSON Schemas, examples' canonical form, AsyncAPI document."""
