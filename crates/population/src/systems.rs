//! Code systems and identifier systems the synthetic country uses, named once.

/// Volven 7611, how somebody represents a citizen (`FO` parental responsibility, `VE` guardianship, `FU` proxy, `TD` assigned
/// proxy), by the URL of Helsenorge's code system.
pub const REPRESENTATION_ROLE_SYSTEM: &str = "http://helsenorge.no/fhir/CodeSystem/no-kodeverk-7611.codesystem";
/// The same code system by its object identifier.
pub const REPRESENTATION_ROLE_OID: &str = "urn:oid:2.16.578.1.12.4.1.1.7611";
/// Our own code system of relations no national code system names: `FP` is a foster parent by decision of the child welfare
/// service.
pub const RELATION_SYSTEM: &str = "urn:varde:relation";
/// Protection of an address (*adressebeskyttelse*): `6` strictly confidential, `7` confidential.
pub const ADDRESS_PROTECTION_SYSTEM: &str = "urn:varde:address-protection";
/// Service areas of a proxy: `1` insight into registered data, `2` patient journal, `3` digital health services.
pub const PROXY_AREA_SYSTEM: &str = "urn:varde:proxy-area";

/// Kinds of consent no national code system names: `foreldresamtykke` is a parent's consent to the portal for a child of 13-15.
pub(crate) const CONSENT_SYSTEM: &str = "urn:varde:consent";

/// Groups of critical information, in the category of a Flag.
pub(crate) const CRITICAL_INFORMATION: &str = "urn:varde:critical-information";

pub(crate) const ROLE_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
pub(crate) const HPR: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
pub(crate) const ORGANISATION_NUMBER: &str = "urn:oid:2.16.578.1.12.4.1.4.101";
pub(crate) const PERSONNEL_CATEGORY: &str = "urn:oid:2.16.578.1.12.4.1.1.9060";
pub(crate) const MUNICIPALITY: &str = "urn:oid:2.16.578.1.12.4.1.1.3402";
pub(crate) const SERVICE_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/service-category";
pub(crate) const SERVICE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/service-type";
pub(crate) const MUNICIPAL_SERVICE: &str = "urn:oid:2.16.578.1.12.4.1.1.7619";
pub(crate) const APPOINTMENT_TYPE: &str = "urn:oid:2.16.578.1.12.4.1.1.7617";
pub(crate) const LEVEL_OF_CARE: &str = "urn:oid:2.16.578.1.12.4.1.1.8406";
pub(crate) const CANCELLATION: &str = "urn:oid:2.16.578.1.12.4.1.1.7621";
pub(crate) const HOSPITAL_CANCELLATION: &str = "urn:oid:2.16.578.1.12.4.1.1.8445";
pub(crate) const ITEM_RESTRICTION: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";
pub(crate) const DOCUMENT_TYPE: &str = "urn:oid:2.16.578.1.12.4.1.1.9602";
pub(crate) const ICPC2: &str = "urn:oid:2.16.578.1.12.4.1.1.7170";
pub(crate) const ATC: &str = "http://www.whocc.no/atc";
pub(crate) const LOINC: &str = "http://loinc.org";
pub(crate) const NLK: &str = "urn:oid:2.16.578.1.12.4.1.1.7280";
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";
pub(crate) const SNOMED: &str = "http://snomed.info/sct";
/// Prescription groups (*reseptgruppe*), and no-basis' extension that carries one.
pub(crate) const PRESCRIPTION_GROUP: &str = "urn:oid:2.16.578.1.12.4.1.1.7421";
pub(crate) const PRESCRIPTION_GROUP_EXTENSION: &str =
    "http://hl7.no/fhir/ig/StructureDefinition/no-basis-prescriptiongroup";
