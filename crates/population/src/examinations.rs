//! Examinations that are no blood test: what was grown, what was seen in a microscope, what a picture shows.

/// An examination and its answer.
#[derive(Debug)]
pub(crate) struct Examination {
    /// Code and display of its category (HL7 v2-0074).
    pub(crate) category: (&'static str, &'static str),
    /// LOINC code of the report.
    pub(crate) loinc: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
    /// What was sampled, or nothing.
    pub(crate) specimen: Option<&'static str>,
    /// The answer in words.
    pub(crate) conclusion: &'static str,
    /// What was looked for and found.
    pub(crate) found: &'static [Found],
    /// A file with the answer: title, and PDF in base64.
    pub(crate) file: Option<(&'static str, &'static str)>,
    /// What the doctor writes to the patient about it.
    pub(crate) comment: Option<&'static str>,
    /// Code of FHIR's diagnostic-report-status.
    pub(crate) status: &'static str,
}

/// One thing that was looked for.
#[derive(Debug)]
pub(crate) struct Found {
    /// LOINC code.
    pub(crate) loinc: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
    /// SNOMED CT code and words of what was found.
    pub(crate) value: (&'static str, &'static str),
    /// Code of HL7 v3 ObservationInterpretation.
    pub(crate) flag: Option<&'static str>,
    /// Medicines that were tried on it, with LOINC code and interpretation.
    pub(crate) medicines: &'static [(&'static str, &'static str, &'static str)],
}

/// A PDF of one page.
const PICTURE_PDF: &str = "\
    JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+ZW5kb2JqCjIgMCBvYmo8PC9UeXBlL1BhZ2VzL0tpZHNbMyAwIF\
    JdL0NvdW50IDE+PmVuZG9iagozIDAgb2JqPDwvVHlwZS9QYWdlL1BhcmVudCAyIDAgUi9NZWRpYUJveFswIDAgNTk1IDg0Ml0vQ29udGVudHMg\
    NCAwIFIvUmVzb3VyY2VzPDwvRm9udDw8L0YxIDUgMCBSPj4+Pj4+ZW5kb2JqCjQgMCBvYmo8PC9MZW5ndGggNzQ+PnN0cmVhbQpCVCAvRjEgMT\
    QgVGYgNzIgNzYwIFRkIChSb250Z2VuIGF2IGx1bmdlbmUgKGRlbW8pLiBWYW5saWdlIGZvcmhvbGQuKSBUaiBFVAplbmRzdHJlYW1lbmRvYmoK\
    NSAwIG9iajw8L1R5cGUvRm9udC9TdWJ0eXBlL1R5cGUxL0Jhc2VGb250L0hlbHZldGljYT4+ZW5kb2JqCnhyZWYKMCA2CjAwMDAwMDAwMDAgNj\
    U1MzUgZiAKMDAwMDAwMDAwOSAwMDAwMCBuIAowMDAwMDAwMDUyIDAwMDAwIG4gCjAwMDAwMDAxMDEgMDAwMDAgbiAKMDAwMDAwMDIxMSAwMDAw\
    MCBuIAowMDAwMDAwMzMwIDAwMDAwIG4gCnRyYWlsZXI8PC9TaXplIDYvUm9vdCAxIDAgUj4+CnN0YXJ0eHJlZgozOTEKJSVFT0Y=";

/// What is examined now and then.
pub(crate) const EXAMINATIONS: [Examination; 5] = [
    Examination {
        category: ("MB", "Microbiology"),
        loinc: "630-4",
        name: "Urindyrkning",
        specimen: Some("Urin"),
        conclusion: "Vekst av bakterier som kan gi urinveisinfeksjon.",
        found: &[Found {
            loinc: "630-4",
            name: "Bakterier i urin",
            value: ("112283007", "Escherichia coli, over 100 000 per ml"),
            flag: Some("A"),
            medicines: &[
                ("18955-5", "Nitrofurantoin", "S"),
                ("18945-6", "Mecillinam", "S"),
                ("18998-5", "Trimetoprim", "R"),
            ],
        }],
        file: None,
        comment: Some(
            "Du har urinveisinfeksjon. Kuren du fikk, virker på bakterien. Ta hele kuren, og ta kontakt hvis du ikke er bedre om tre dager.",
        ),
        status: "final",
    },
    Examination {
        category: ("MB", "Microbiology"),
        loinc: "21613-5",
        name: "Klamydiaprøve",
        specimen: Some("Urin"),
        conclusion: "",
        found: &[Found {
            loinc: "21613-5",
            name: "Klamydia",
            value: ("260415000", "Ikke påvist"),
            flag: Some("N"),
            medicines: &[],
        }],
        file: None,
        comment: None,
        status: "final",
    },
    Examination {
        category: ("SP", "Surgical Pathology"),
        loinc: "22637-3",
        name: "Vevsprøve fra hud",
        specimen: Some("Hud fra ryggen"),
        conclusion: "Godartet føflekk. Alt er fjernet, og det er ikke tegn til kreft.",
        found: &[Found {
            loinc: "22634-0",
            name: "Utseende",
            value: ("30807003", "Brun flekk på 6 mm, jevn i kanten"),
            flag: None,
            medicines: &[],
        }],
        file: None,
        comment: Some("Svaret er fint. Du trenger ingen ny kontroll av denne føflekken."),
        status: "corrected",
    },
    Examination {
        category: ("RAD", "Radiology"),
        loinc: "36643-5",
        name: "Røntgen av lungene",
        specimen: None,
        conclusion: "Lungene er luftholdige. Ingen tegn til lungebetennelse. Vanlig størrelse på hjertet.",
        found: &[],
        file: Some(("Røntgenbeskrivelse", PICTURE_PDF)),
        comment: None,
        status: "final",
    },
    Examination {
        category: ("RAD", "Radiology"),
        loinc: "24558-9",
        name: "Ultralyd av magen",
        specimen: None,
        conclusion: "Foreløpig beskrivelse: vanlige forhold i lever, galleblære og nyrer.",
        found: &[],
        file: None,
        comment: None,
        status: "preliminary",
    },
];
