//! Which diseases a vaccine's code stands for. Sources: ATC index of WHO's Collaborating Centre (J07), CVX of the American CDC, diseases by SNOMED CT.

use super::Disease::{self, *};

/// A code, or the beginning of one, and what it protects against.
type Row = (&'static str, &'static [Disease]);

/// By the beginning of the ATC code; the longest that fits counts.
const ATC: [Row; 47] = [
    ("J07AE", &[Cholera]),
    ("J07AF", &[Diphtheria]),
    ("J07AG", &[Hib]),
    ("J07AG52", &[Diphtheria, Tetanus, Pertussis, Polio, Hib]),
    ("J07AH", &[Meningococcus]),
    ("J07AJ", &[Pertussis]),
    ("J07AJ51", &[Diphtheria, Tetanus, Pertussis]),
    ("J07AJ52", &[Diphtheria, Tetanus, Pertussis]),
    ("J07AL", &[Pneumococcus]),
    ("J07AM", &[Tetanus]),
    ("J07AM51", &[Diphtheria, Tetanus]),
    ("J07AN", &[Tuberculosis]),
    ("J07AP", &[Typhoid]),
    ("J07BA01", &[TickEncephalitis]),
    ("J07BA02", &[JapaneseEncephalitis]),
    ("J07BA03", &[JapaneseEncephalitis]),
    ("J07BB", &[Influenza]),
    ("J07BC01", &[HepatitisB]),
    ("J07BC02", &[HepatitisA]),
    ("J07BC20", &[HepatitisA, HepatitisB]),
    ("J07BD01", &[Measles]),
    ("J07BD51", &[Measles, Mumps]),
    ("J07BD52", &[Measles, Mumps, Rubella]),
    ("J07BD53", &[Measles, Rubella]),
    ("J07BD54", &[Measles, Mumps, Rubella, Varicella]),
    ("J07BE", &[Mumps]),
    ("J07BF", &[Polio]),
    ("J07BG", &[Rabies]),
    ("J07BH", &[Rotavirus]),
    ("J07BJ", &[Rubella]),
    ("J07BK01", &[Varicella]),
    ("J07BK02", &[Zoster]),
    ("J07BK03", &[Zoster]),
    ("J07BL", &[YellowFever]),
    ("J07BM", &[Hpv]),
    ("J07BN", &[Covid19]),
    ("J07BX01", &[Mpox]),
    ("J07BX03", &[Covid19]),
    ("J07BX04", &[Dengue]),
    ("J07BX05", &[Rsv]),
    ("J07CA01", &[Diphtheria, Tetanus, Polio]),
    ("J07CA02", &[Diphtheria, Tetanus, Pertussis, Polio]),
    ("J07CA05", &[Diphtheria, Tetanus, Pertussis, HepatitisB]),
    ("J07CA06", &[Diphtheria, Tetanus, Pertussis, Polio, Hib]),
    ("J07CA09", &[Diphtheria, Tetanus, Pertussis, Polio, Hib, HepatitisB]),
    ("J07CA10", &[Typhoid, HepatitisA]),
    ("J07CA12", &[Diphtheria, Tetanus, Pertussis, Polio, HepatitisB]),
];

/// By CVX code, several between spaces.
const CVX: [Row; 37] = [
    ("03", &[Measles, Mumps, Rubella]),
    ("94", &[Measles, Mumps, Rubella, Varicella]),
    ("05", &[Measles]),
    ("07", &[Mumps]),
    ("06", &[Rubella]),
    ("04", &[Measles, Rubella]),
    ("08 42 43 44 45 189", &[HepatitisB]),
    ("31 52 83 84 85", &[HepatitisA]),
    ("104", &[HepatitisA, HepatitisB]),
    ("02 10 89", &[Polio]),
    ("01 20 106 107 115", &[Diphtheria, Tetanus, Pertussis]),
    ("11", &[Pertussis]),
    ("09 28 113 138 139 196", &[Diphtheria, Tetanus]),
    ("35 112", &[Tetanus]),
    ("130", &[Diphtheria, Tetanus, Pertussis, Polio]),
    ("50", &[Diphtheria, Tetanus, Pertussis, Hib]),
    ("120 170", &[Diphtheria, Tetanus, Pertussis, Polio, Hib]),
    ("110", &[Diphtheria, Tetanus, Pertussis, Polio, HepatitisB]),
    ("132 146", &[Diphtheria, Tetanus, Pertussis, Polio, Hib, HepatitisB]),
    ("17 46 47 48 49", &[Hib]),
    ("51", &[Hib, HepatitisB]),
    ("33 100 109 133 152 177 215 216", &[Pneumococcus]),
    ("74 116 119 122", &[Rotavirus]),
    ("21", &[Varicella]),
    ("121 187 188", &[Zoster]),
    ("62 118 137 165", &[Hpv]),
    ("32 103 108 114 136 147 148 162 163 164 203", &[Meningococcus]),
    ("15 16 88 111 135 140 141 144 149 150 151 153 155 158 161 166 168 171 185 186 197 205", &[Influenza]),
    ("207 208 210 211 212 213 217 218 219 221 227 228 229 230 300 301 302 308 309 310 311 312 313", &[Covid19]),
    ("19", &[Tuberculosis]),
    ("25 41 53 91 101", &[Typhoid]),
    ("18 40 90 175 176", &[Rabies]),
    ("37 183 184", &[YellowFever]),
    ("39 134", &[JapaneseEncephalitis]),
    ("77 223 224", &[TickEncephalitis]),
    ("26 172 173 174", &[Cholera]),
    ("303 304 305 306 307 314 315 326", &[Rsv]),
];

/// Diseases themselves, in `protocolApplied.targetDisease`, by SNOMED CT.
const SNOMED: [Row; 27] = [
    ("397430003", &[Diphtheria]),
    ("76902006", &[Tetanus]),
    ("27836007", &[Pertussis]),
    ("398102009", &[Polio]),
    ("709410003", &[Hib]),
    ("66071002", &[HepatitisB]),
    ("40468003", &[HepatitisA]),
    ("18624000", &[Rotavirus]),
    ("186150001", &[Rotavirus]),
    ("16814004", &[Pneumococcus]),
    ("14189004", &[Measles]),
    ("36989005", &[Mumps]),
    ("36653000", &[Rubella]),
    ("240532009", &[Hpv]),
    ("6142004", &[Influenza]),
    ("840539006", &[Covid19]),
    ("56717001", &[Tuberculosis]),
    ("23511006", &[Meningococcus]),
    ("712986001", &[TickEncephalitis]),
    ("16541001", &[YellowFever]),
    ("4834000", &[Typhoid]),
    ("14168008", &[Rabies]),
    ("63650001", &[Cholera]),
    ("52947006", &[JapaneseEncephalitis]),
    ("38907003", &[Varicella]),
    ("4740000", &[Zoster]),
    ("55735004", &[Rsv]),
];

/// What people who read codes call a system.
pub(crate) fn system_name(system: &str) -> Option<&'static str> {
    Some(match system {
        "http://www.whocc.no/atc" | "urn:oid:2.16.840.1.113883.6.73" | "urn:oid:2.16.578.1.12.4.1.1.7180" => "ATC",
        "http://hl7.org/fhir/sid/cvx" | "urn:oid:2.16.840.1.113883.12.292" => "CVX",
        "http://snomed.info/sct" => "SNOMED CT",
        _ => return None,
    })
}

/// What the vaccine of this code protects against; empty for a code that is not known.
pub(crate) fn diseases(system: &str, code: &str) -> &'static [Disease] {
    let found = match system_name(system) {
        Some("ATC") => {
            let fitting = ATC.iter().filter(|(begin, _)| code.starts_with(begin));
            fitting.max_by_key(|(begin, _)| begin.len())
        }
        Some("CVX") => CVX.iter().find(|(codes, _)| codes.split(' ').any(|known| known == code)),
        Some("SNOMED CT") => SNOMED.iter().find(|(known, _)| *known == code),
        _ => None,
    };
    found.map_or(&[], |(_, diseases)| diseases)
}
