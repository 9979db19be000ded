//! Laboratory analyses and the panels they are ordered in.
//!
//! Sources: LOINC and the Norwegian laboratory code system (NLK) for the codes; reference ranges are of the common Nordic kind
//! for adults.

use crate::people::Sex;

/// An analysis with reference ranges in its smallest step: hundredths, tenths or ones.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) loinc: &'static str,
    pub(crate) npu: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ucum: &'static str,
    decimals: i32,
    women: (Option<i64>, Option<i64>),
    men: (Option<i64>, Option<i64>),
    /// Steps within which results are drawn.
    pub(crate) drawn: (i32, i32),
}

impl Analysis {
    /// Lowest and highest value of the healthy, in steps.
    pub(crate) fn range(&self, sex: Sex) -> (Option<i64>, Option<i64>) {
        if sex == Sex::Female { self.women } else { self.men }
    }

    /// Steps as the number that is written.
    pub(crate) fn decimal(&self, steps: i64) -> serde_json::Value {
        if self.decimals == 0 {
            return serde_json::json!(steps);
        }
        let scale = 10_f64.powi(self.decimals);
        #[expect(clippy::cast_precision_loss, reason = "results have at most six digits")]
        let value = steps as f64 / scale;
        serde_json::json!(value)
    }
}

type Range = (Option<i64>, Option<i64>);

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn analysis(
    loinc: &'static str,
    npu: Option<&'static str>,
    name: &'static str,
    unit: &'static str,
    ucum: &'static str,
    decimals: i32,
    [women, men]: [Range; 2],
    drawn: (i32, i32),
) -> Analysis {
    Analysis { loinc, npu, name, unit, ucum, decimals, women, men, drawn }
}

const fn within(low: i64, high: i64) -> Range {
    (Some(low), Some(high))
}

const fn below(high: i64) -> Range {
    (None, Some(high))
}

const HB: Analysis =
    analysis("718-7", None, "Hemoglobin", "g/dL", "g/dL", 1, [within(117, 153), within(134, 170)], (112, 172));
const CRP: Analysis = analysis("1988-5", Some("NPU19748"), "CRP", "mg/L", "mg/L", 0, [below(5), below(5)], (1, 7));
const FERRITIN: Analysis =
    analysis("2276-4", Some("NPU19763"), "Ferritin", "µg/L", "ug/L", 0, [within(10, 170), within(30, 400)], (8, 260));
const LEUKOCYTES: Analysis = analysis(
    "6690-2",
    Some("NPU02593"),
    "Leukocytter",
    "10⁹/L",
    "10*9/L",
    1,
    [within(35, 100), within(35, 100)],
    (32, 108),
);
const PLATELETS: Analysis = analysis(
    "777-3",
    Some("NPU03568"),
    "Trombocytter",
    "10⁹/L",
    "10*9/L",
    0,
    [within(165, 387), within(145, 348)],
    (150, 380),
);
const CREATININE: Analysis = analysis(
    "14682-9",
    Some("NPU18016"),
    "Kreatinin",
    "µmol/L",
    "umol/L",
    0,
    [within(45, 90), within(60, 105)],
    (50, 108),
);
const POTASSIUM: Analysis =
    analysis("2823-3", Some("NPU03230"), "Kalium", "mmol/L", "mmol/L", 1, [within(36, 46), within(36, 46)], (35, 48));
const SODIUM: Analysis = analysis(
    "2951-2",
    Some("NPU03429"),
    "Natrium",
    "mmol/L",
    "mmol/L",
    0,
    [within(137, 145), within(137, 145)],
    (135, 146),
);
const CHOLESTEROL: Analysis = analysis(
    "14647-2",
    Some("NPU01566"),
    "Kolesterol",
    "mmol/L",
    "mmol/L",
    1,
    [within(33, 69), within(33, 69)],
    (35, 76),
);
const LDL: Analysis = analysis(
    "22748-8",
    Some("NPU01568"),
    "LDL-kolesterol",
    "mmol/L",
    "mmol/L",
    1,
    [within(14, 47), within(14, 47)],
    (15, 52),
);
const HDL: Analysis = analysis(
    "14646-4",
    Some("NPU01567"),
    "HDL-kolesterol",
    "mmol/L",
    "mmol/L",
    1,
    [within(10, 27), within(8, 21)],
    (9, 24),
);
const HBA1C: Analysis = analysis(
    "59261-8",
    Some("NPU27300"),
    "HbA1c",
    "mmol/mol",
    "mmol/mol",
    0,
    [within(28, 40), within(28, 40)],
    (30, 66),
);
const TSH: Analysis =
    analysis("3016-3", Some("NPU03577"), "TSH", "mIE/L", "m[IU]/L", 1, [within(5, 36), within(5, 36)], (4, 45));
const FREE_T4: Analysis =
    analysis("14920-3", Some("NPU03579"), "Fritt T4", "pmol/L", "pmol/L", 0, [within(9, 21), within(9, 21)], (8, 22));
const VITAMIN_D: Analysis =
    analysis("14635-7", None, "25-OH-vitamin D", "nmol/L", "nmol/L", 0, [within(50, 150), within(50, 150)], (35, 140));

/// A panel: its name and analyses.
pub(crate) type Panel = (&'static str, &'static [&'static Analysis]);

/// Panels; an ailment names its own by number, 0 is the general one.
pub(crate) const PANELS: [Panel; 6] = [
    ("Generell blodprøve", &[&HB, &LEUKOCYTES, &PLATELETS, &CRP, &FERRITIN]),
    ("Blodtrykkskontroll", &[&HB, &CREATININE, &POTASSIUM, &SODIUM]),
    ("Lipider", &[&CHOLESTEROL, &LDL, &HDL]),
    ("Diabeteskontroll", &[&HBA1C, &CREATININE, &CHOLESTEROL, &LDL]),
    ("Stoffskifte", &[&TSH, &FREE_T4]),
    ("Vitaminer og jern", &[&HB, &FERRITIN, &VITAMIN_D]),
];

/// What is taken of a child.
pub(crate) const CHILD_PANEL: Panel = ("CRP", &[&CRP]);
