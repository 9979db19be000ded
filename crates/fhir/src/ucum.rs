//! Units of measure (UCUM, `http://unitsofmeasure.org`): which can be converted into which. Why so little of it: decision 7.

/// The system of UCUM units.
pub const SYSTEM: &str = "http://unitsofmeasure.org";

/// Longest unit that is looked at.
const LONGEST_BYTES: usize = 64;

/// What a number with unit `from` is with unit `to`; `None` when either is no unit, when they measure different things, or when more of one
/// is less of the other (`[pH]`).
pub fn convert(value: f64, from: &str, to: &str) -> Option<f64> {
    if from == to {
        return Some(value);
    }
    if from.len() > LONGEST_BYTES || to.len() > LONGEST_BYTES {
        return None;
    }
    let one = |value| octofhir_ucum::convert(value, from, to).ok().filter(|value: &f64| value.is_finite());
    // Comparisons must keep their direction.
    (one(2.0)? > one(1.0)?).then(|| one(value)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_kind_are_converted_and_others_are_not() {
        for (value, from, to, expected) in [
            (6000.0, "mg", "g", Some(6.0)),
            (5.0, "kg", "kg", Some(5.0)),
            (120.0, "mm[Hg]", "kPa", Some(15.998_64)),
            (37.0, "Cel", "[degF]", Some(98.6)),
            (4.5, "10*9/L", "10*3/uL", Some(4.5)),
            (60.0, "/min", "{beats}/min", Some(60.0)),
            (1.0, "nonsense", "nonsense", Some(1.0)),
            (1.0, "kg", "m", None),
            (1.0, "nonsense", "g", None),
            (7.0, "[pH]", "mol/L", None),
            (1.0, "", "g", None),
        ] {
            let found = convert(value, from, to);
            let close = match (found, expected) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-9 * b.abs().max(1.0),
                (a, b) => a == b,
            };
            assert!(close, "{value} {from} in {to}: {found:?}");
        }
        assert_eq!(convert(1.0, &"k".repeat(200), "g"), None);
    }
}
