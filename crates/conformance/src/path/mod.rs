//! FHIRPath (HL7 FHIRPath 2.0, normative): expressions read once and evaluated over JSON.
