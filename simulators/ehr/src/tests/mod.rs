mod answers;
mod desk;
mod fhir;
mod intake;
mod rules;
mod words;
