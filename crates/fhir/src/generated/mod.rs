//! Tables generated from the FHIR R4 definitions; see `generate/generate.py`.

pub(crate) mod composites;
pub(crate) mod elements;
pub(crate) mod params;
pub(crate) mod patient_paths;
pub(crate) mod programs;
pub(crate) mod types;
