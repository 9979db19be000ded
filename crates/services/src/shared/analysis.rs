//! Analyses we have plain words for, by the codes sources use: LOINC, and the Norwegian laboratory code system (NLK, mostly NPU codes).

use crate::l10n::L10nLanguage;

const LOINC: &str = "http://loinc.org";

/// An analysis with a plain name and a sentence about what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Analysis {
    /// Haemoglobin.
    Hemoglobin,
    /// Share of red cells in the blood.
    Hematocrit,
    /// Red blood cells.
    Erythrocytes,
    /// White blood cells.
    Leukocytes,
    /// Platelets.
    Platelets,
    /// C-reactive protein.
    Crp,
    /// Ferritin.
    Ferritin,
    /// Creatinine.
    Creatinine,
    /// Estimated filtration of the kidneys.
    Egfr,
    /// Potassium.
    Potassium,
    /// Sodium.
    Sodium,
    /// Calcium.
    Calcium,
    /// Total cholesterol.
    Cholesterol,
    /// LDL cholesterol.
    Ldl,
    /// HDL cholesterol.
    Hdl,
    /// Triglycerides.
    Triglycerides,
    /// Long-term blood sugar.
    Hba1c,
    /// Blood sugar.
    Glucose,
    /// Thyroid-stimulating hormone.
    Tsh,
    /// Free thyroxine.
    FreeT4,
    /// Vitamin D.
    VitaminD,
    /// Alanine aminotransferase.
    Alt,
}

/// LOINC codes, several for one analysis where the method or the unit is another.
const LOINC_CODES: [(Analysis, &[&str]); 22] = [
    (Analysis::Hemoglobin, &["718-7", "30313-1", "30350-3"]),
    (Analysis::Hematocrit, &["4544-3", "20570-8", "4545-0"]),
    (Analysis::Erythrocytes, &["789-8", "26453-1"]),
    (Analysis::Leukocytes, &["6690-2", "26464-8", "804-5"]),
    (Analysis::Platelets, &["777-3", "26515-7", "778-1"]),
    (Analysis::Crp, &["1988-5", "30522-7", "76485-2"]),
    (Analysis::Ferritin, &["2276-4", "20567-4"]),
    (Analysis::Creatinine, &["14682-9", "2160-0", "38483-4"]),
    (Analysis::Egfr, &["33914-3", "62238-1", "98979-8", "88293-6", "69405-9"]),
    (Analysis::Potassium, &["2823-3", "6298-4"]),
    (Analysis::Sodium, &["2951-2", "2947-0"]),
    (Analysis::Calcium, &["17861-6", "49765-1", "2000-8"]),
    (Analysis::Cholesterol, &["14647-2", "2093-3"]),
    (Analysis::Ldl, &["22748-8", "18262-6", "13457-7", "2089-1"]),
    (Analysis::Hdl, &["14646-4", "2085-9"]),
    (Analysis::Triglycerides, &["2571-8", "14927-8"]),
    (Analysis::Hba1c, &["59261-8", "4548-4"]),
    (Analysis::Glucose, &["2339-0", "2345-7", "15074-8", "14749-6"]),
    (Analysis::Tsh, &["3016-3", "11580-8"]),
    (Analysis::FreeT4, &["14920-3", "3024-7"]),
    (Analysis::VitaminD, &["14635-7", "62292-8", "1989-3"]),
    (Analysis::Alt, &["1742-6", "1743-4"]),
];

/// Codes of the Norwegian laboratory code system.
const NLK_CODES: [(Analysis, &str); 13] = [
    (Analysis::Crp, "NPU19748"),
    (Analysis::Ferritin, "NPU19763"),
    (Analysis::Leukocytes, "NPU02593"),
    (Analysis::Platelets, "NPU03568"),
    (Analysis::Creatinine, "NPU18016"),
    (Analysis::Potassium, "NPU03230"),
    (Analysis::Sodium, "NPU03429"),
    (Analysis::Cholesterol, "NPU01566"),
    (Analysis::Ldl, "NPU01568"),
    (Analysis::Hdl, "NPU01567"),
    (Analysis::Hba1c, "NPU27300"),
    (Analysis::Tsh, "NPU03577"),
    (Analysis::FreeT4, "NPU03579"),
];

/// The analysis a code stands for. NPU codes are told by their form, since sources name the system in several ways.
pub(crate) fn analysis(system: Option<&str>, code: &str) -> Option<Analysis> {
    if system == Some(LOINC) {
        return LOINC_CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(analysis, _)| *analysis);
    }
    NLK_CODES.iter().find(|(_, npu)| *npu == code).map(|(analysis, _)| *analysis)
}

/// Its plain name.
pub(crate) fn name(text: &L10nLanguage, analysis: Analysis) -> String {
    match analysis {
        Analysis::Hemoglobin => text.msg_results_name_hemoglobin(),
        Analysis::Hematocrit => text.msg_results_name_hematocrit(),
        Analysis::Erythrocytes => text.msg_results_name_erythrocytes(),
        Analysis::Leukocytes => text.msg_results_name_leukocytes(),
        Analysis::Platelets => text.msg_results_name_platelets(),
        Analysis::Crp => text.msg_results_name_crp(),
        Analysis::Ferritin => text.msg_results_name_ferritin(),
        Analysis::Creatinine => text.msg_results_name_creatinine(),
        Analysis::Egfr => text.msg_results_name_egfr(),
        Analysis::Potassium => text.msg_results_name_potassium(),
        Analysis::Sodium => text.msg_results_name_sodium(),
        Analysis::Calcium => text.msg_results_name_calcium(),
        Analysis::Cholesterol => text.msg_results_name_cholesterol(),
        Analysis::Ldl => text.msg_results_name_ldl(),
        Analysis::Hdl => text.msg_results_name_hdl(),
        Analysis::Triglycerides => text.msg_results_name_triglycerides(),
        Analysis::Hba1c => text.msg_results_name_hba1c(),
        Analysis::Glucose => text.msg_results_name_glucose(),
        Analysis::Tsh => text.msg_results_name_tsh(),
        Analysis::FreeT4 => text.msg_results_name_free_t4(),
        Analysis::VitaminD => text.msg_results_name_vitamin_d(),
        Analysis::Alt => text.msg_results_name_alt(),
    }
}
