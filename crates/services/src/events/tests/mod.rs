mod fhir;
mod pages;
mod rules;
