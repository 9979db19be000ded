use serde_json::{Value, json};
use varde_base::Language;

use crate::l10n::text;
use crate::medicines::dose::Dose;

fn lines(instruction: Value, language: Language) -> Vec<String> {
    Dose::read(&[instruction]).lines(text(language), language)
}

fn tablets(amount: Value, repeat: Value) -> Value {
    json!({ "timing": { "repeat": repeat }, "doseAndRate": [{ "doseQuantity": amount }] })
}

fn one() -> Value {
    json!({ "value": 1, "unit": "tablett" })
}

#[test]
fn a_structured_dose_is_said_in_every_language() {
    let dose =
        || tablets(json!({ "value": 2, "unit": "tablett" }), json!({ "frequency": 3, "period": 1, "periodUnit": "d" }));
    for (language, expected) in [
        (Language::Nb, "2 tabletter, 3 ganger om dagen"),
        (Language::Nn, "2 tablettar, 3 gonger om dagen"),
        (Language::En, "2 tablets, 3 times a day"),
        (Language::Se, "2 tableahta, 3 geardde beaivái"),
    ] {
        assert_eq!(lines(dose(), language), [expected]);
    }
}

#[test]
fn how_often_and_when_are_said_as_one_says_them() {
    for (repeat, expected) in [
        (json!({ "frequency": 1, "period": 1, "periodUnit": "d" }), "1 tablet, once a day"),
        (json!({ "frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d" }), "1 tablet, 1–3 times a day"),
        (json!({ "frequency": 1, "period": 2, "periodUnit": "d" }), "1 tablet, every second day"),
        (json!({ "frequency": 1, "period": 1, "periodUnit": "wk" }), "1 tablet, once a week"),
        (json!({ "frequency": 1, "period": 8, "periodUnit": "h" }), "1 tablet, every 8 hours"),
        (json!({ "frequency": 3, "period": 24, "periodUnit": "h" }), "1 tablet, 3 times a day"),
        (json!({ "when": ["MORN", "EVE"] }), "1 tablet, in the morning, in the evening"),
        (json!({ "timeOfDay": ["08:00:00", "20:00:00"] }), "1 tablet, at 08:00, 20:00"),
        (
            json!({ "frequency": 4, "period": 1, "periodUnit": "d", "boundsDuration": { "value": 5, "code": "d" } }),
            "1 tablet, 4 times a day, for 5 days",
        ),
    ] {
        assert_eq!(lines(tablets(one(), repeat), Language::En), [expected]);
    }
    let needed = json!({ "asNeededBoolean": true, "doseAndRate": [{ "doseRange": {
        "low": { "value": 1, "unit": "inhalasjon" }, "high": { "value": 2, "unit": "inhalasjon" } } }] });
    assert_eq!(lines(needed, Language::En), ["1–2 puffs, when needed"]);
    let half = tablets(json!({ "value": 0.5, "unit": "tablett" }), json!({ "when": ["HS"] }));
    assert_eq!(lines(half.clone(), Language::Nb), ["0,5 tabletter, før du legger deg"]);
    assert_eq!(lines(half, Language::En), ["0.5 tablets, at bedtime"]);
    let other = tablets(json!({ "value": 5.0, "unit": "ml" }), json!({ "when": ["C"] }));
    assert_eq!(lines(other, Language::En), ["5 ml, with a meal"]);
}

#[test]
fn a_dose_that_is_not_understood_wholly_is_not_said_at_all() {
    let none = text(Language::En).msg_medicines_dose_none();
    for strange in [
        json!({}),
        json!({ "doseAndRate": [{ "doseQuantity": one() }] }),
        json!({ "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } } }),
        tablets(one(), json!({ "frequency": 1, "period": 1, "periodUnit": "a" })),
        tablets(one(), json!({ "frequency": 1, "period": 1.5, "periodUnit": "d" })),
        tablets(one(), json!({ "frequency": 2, "period": 6, "periodUnit": "h" })),
        tablets(one(), json!({ "frequency": 1, "frequencyMax": 2, "period": 6, "periodUnit": "h" })),
        json!({ "asNeededBoolean": true, "doseAndRate": [{ "doseRange": {
            "low": { "value": 500, "unit": "mg" }, "high": { "value": 1, "unit": "g" } } }] }),
        tablets(one(), json!({ "frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon"] })),
        tablets(one(), json!({ "when": ["MORN.early"] })),
        tablets(json!({ "value": 1, "unit": "tablett", "comparator": "<" }), json!({ "when": ["MORN"] })),
        tablets(json!({ "value": 1 }), json!({ "when": ["MORN"] })),
        json!({ "asNeededBoolean": true, "maxDosePerPeriod": {}, "doseAndRate": [{ "doseQuantity": one() }] }),
        json!("a text where an object belongs"),
    ] {
        assert_eq!(lines(strange.clone(), Language::En), [none.as_str()], "{strange}");
    }
    let both = [tablets(one(), json!({ "when": ["MORN"] })), json!({ "timing": {} })];
    assert_eq!(Dose::read(&both).lines(text(Language::En), Language::En), [none], "half of two is not the dose");
}

#[test]
fn what_the_prescriber_wrote_is_never_left_out() {
    let mut dose = tablets(one(), json!({ "when": ["MORN"] }));
    dose["text"] = json!("1 tablett om morgenen på tom mage");
    assert_eq!(lines(dose.clone(), Language::Nb), ["1 tablett om morgenen på tom mage"]);
    assert_eq!(
        lines(dose, Language::En),
        ["1 tablet, in the morning", "The doctor wrote: 1 tablett om morgenen på tom mage"]
    );
    let only = json!({ "text": "Settes hver tredje måned", "additionalInstruction": [{ "text": "Av sykepleier" }] });
    assert_eq!(lines(only, Language::En), ["Settes hver tredje måned. Av sykepleier"]);
}
