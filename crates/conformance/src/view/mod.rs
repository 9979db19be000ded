//! Tabular views of resources (SQL on FHIR v2, ViewDefinition).
