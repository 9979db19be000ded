//! Profiles: StructureDefinitions from packages, and whether a resource follows them.
