//! Terminology: code systems, value sets and concept maps from packages.
