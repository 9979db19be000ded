//! How a medicine is to be taken, in plain words: what the prescriber wrote, and what can be said of a structured dose in the reader's
//! language.
//!
//! A structured dose is put into words only when all of it is understood; a word left out of a dose is a danger. What the prescriber wrote
//! is always shown as it was written.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Number, Value};
use varde_base::Language;

use crate::l10n::L10nLanguage;

/// How to take a medicine.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dose {
    /// What the prescriber wrote.
    text: Vec<String>,
    /// The structured dose, when all of it is understood.
    parts: Vec<Part>,
}

/// One line of a structured dose.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    amount: Option<Amount>,
    rhythm: Option<Rhythm>,
    moments: Vec<Moment>,
    times: Vec<String>,
    when_needed: bool,
    days: Option<Number>,
}

#[derive(Debug, Clone, PartialEq)]
struct Amount {
    low: Number,
    high: Option<Number>,
    unit: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Rhythm {
    often: u32,
    often_at_most: Option<u32>,
    every: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
}

/// R4 event-timing, those that are said of medicines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Bedtime,
    BeforeMeals,
    WithMeals,
    AfterMeals,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct WordsJson {
    text: Option<String>,
    patient_instruction: Option<String>,
    additional_instruction: Vec<ConceptJson>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ConceptJson {
    text: Option<String>,
}

/// All that is understood of a dose; an element that is not named here makes it one that is not.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct StructureJson {
    #[serde(rename = "sequence")]
    _sequence: Option<u32>,
    #[serde(rename = "text")]
    _text: Option<String>,
    #[serde(rename = "patientInstruction")]
    _patient_instruction: Option<String>,
    #[serde(rename = "additionalInstruction")]
    _additional_instruction: Vec<Value>,
    timing: TimingJson,
    as_needed_boolean: bool,
    dose_and_rate: Vec<DoseAndRateJson>,
    #[serde(rename = "route")]
    _route: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct TimingJson {
    repeat: RepeatJson,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct RepeatJson {
    bounds_duration: Option<QuantityJson>,
    frequency: Option<u32>,
    frequency_max: Option<u32>,
    period: Option<Number>,
    period_unit: Option<String>,
    time_of_day: Vec<String>,
    when: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct DoseAndRateJson {
    #[serde(rename = "type")]
    _type: Option<Value>,
    dose_quantity: Option<QuantityJson>,
    dose_range: Option<RangeJson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeJson {
    low: QuantityJson,
    high: QuantityJson,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct QuantityJson {
    value: Number,
    #[serde(default)]
    unit: String,
    #[serde(default, rename = "system")]
    _system: String,
    #[serde(default)]
    code: String,
}

impl Dose {
    /// Reads `dosageInstruction` or `dosage`.
    pub(super) fn read(instructions: &[Value]) -> Self {
        let mut text = Vec::new();
        for instruction in instructions {
            let words = WordsJson::deserialize(instruction).unwrap_or_default();
            let more =
                words.additional_instruction.into_iter().filter_map(|concept| plain_words([concept.text.as_ref()]));
            let own = [words.text, words.patient_instruction].into_iter().flatten().chain(more);
            for line in own.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()) {
                if !text.contains(&line) {
                    text.push(line);
                }
            }
        }
        let parts: Option<Vec<Part>> = instructions.iter().map(Part::read).collect();
        Self { text, parts: parts.unwrap_or_default() }
    }

    /// In words: the dose in the reader's language where it is known, and what the prescriber wrote. In Norwegian, which prescribers write,
    /// their own words alone when there are any.
    pub(super) fn lines(&self, text: &L10nLanguage, language: Language) -> Vec<String> {
        let written = self.text.join(". ").replace("..", ".");
        let is_norwegian = matches!(language, Language::Nb | Language::Nn);
        if is_norwegian && !written.is_empty() {
            return vec![written];
        }
        let said: Vec<String> = self.parts.iter().map(|part| part.words(text, language)).collect();
        let said = said.join("; ");
        match (said.is_empty(), written.is_empty()) {
            (true, true) => vec![text.msg_medicines_dose_none()],
            (true, false) => vec![written],
            (false, true) => vec![said],
            (false, false) => vec![said, text.msg_medicines_dose_written(written)],
        }
    }

    /// All lines.
    pub(super) fn markup(&self, text: &L10nLanguage, language: Language) -> Markup {
        html! { @for line in self.lines(text, language) { p { (line) } } }
    }
}

impl Part {
    fn read(instruction: &Value) -> Option<Self> {
        let json = StructureJson::deserialize(instruction).ok()?;
        let repeat = json.timing.repeat;
        let moments: Option<Vec<Moment>> = repeat.when.iter().map(|code| moment(code)).collect();
        let rhythm = match (repeat.frequency, repeat.period, repeat.period_unit) {
            (None, None, None) if repeat.frequency_max.is_none() => None,
            (often, Some(every), Some(unit)) => Some(rhythm((often, repeat.frequency_max), &every, &unit)?),
            _ => return None,
        };
        let days = match repeat.bounds_duration {
            None => None,
            Some(bounds) if bounds.code == "d" => Some(bounds.value),
            Some(_) => return None,
        };
        let amount = match json.dose_and_rate.as_slice() {
            [] => None,
            [one] => Some(amount(one)?),
            _ => return None,
        };
        let part = Self {
            amount,
            rhythm,
            moments: moments?,
            times: repeat.time_of_day.iter().map(|time| time.chars().take(5).collect()).collect(),
            when_needed: json.as_needed_boolean,
            days,
        };
        // Half a dose is worse than none: how much and when must both be there.
        let says_when = part.rhythm.is_some() || !part.moments.is_empty() || !part.times.is_empty() || part.when_needed;
        (part.amount.is_some() && says_when).then_some(part)
    }

    fn words(&self, text: &L10nLanguage, language: Language) -> String {
        let mut out: Vec<String> = Vec::new();
        out.extend(self.amount.as_ref().map(|amount| amount.words(text, language)));
        out.extend(self.rhythm.as_ref().map(|rhythm| rhythm.words(text)));
        out.extend(self.moments.iter().map(|moment| moment.words(text)));
        if !self.times.is_empty() {
            let separator = if language == Language::En { ":" } else { "." };
            let times: Vec<String> = self.times.iter().map(|time| time.replace(':', separator)).collect();
            out.push(text.msg_medicines_dose_at(times.join(", ")));
        }
        if self.when_needed {
            out.push(text.msg_medicines_dose_needed());
        }
        out.extend(self.days.as_ref().map(|days| text.msg_medicines_dose_days(days.to_string())));
        out.join(", ")
    }
}

impl Amount {
    fn words(&self, text: &L10nLanguage, language: Language) -> String {
        let high = self.high.as_ref().map(|high| format!("–{}", figure(high, language))).unwrap_or_default();
        let number = format!("{}{high}", figure(&self.low, language));
        let is_one = number == "1";
        match (unit_word(&self.unit), is_one) {
            (Some("tablet"), true) => text.msg_medicines_unit_tablet(number),
            (Some("tablet"), false) => text.msg_medicines_unit_tablets(number),
            (Some("capsule"), true) => text.msg_medicines_unit_capsule(number),
            (Some("capsule"), false) => text.msg_medicines_unit_capsules(number),
            (Some("puff"), true) => text.msg_medicines_unit_puff(number),
            (Some("puff"), false) => text.msg_medicines_unit_puffs(number),
            (Some("drop"), true) => text.msg_medicines_unit_drop(number),
            (Some("drop"), false) => text.msg_medicines_unit_drops(number),
            _ => format!("{number} {}", self.unit),
        }
    }
}

/// What a unit is, as prescribers write it and as UCUM has it.
fn unit_word(unit: &str) -> Option<&'static str> {
    Some(match unit.to_lowercase().as_str() {
        "tablett" | "tabletter" | "tablet" | "tablets" | "tab" | "{tbl}" => "tablet",
        "kapsel" | "kapsler" | "kapslar" | "capsule" | "capsules" | "{capsule}" => "capsule",
        "inhalasjon" | "inhalasjoner" | "inhalasjonar" | "puff" | "puffs" | "{puff}" => "puff",
        "dråpe" | "dråper" | "dropar" | "drop" | "drops" | "[drp]" => "drop",
        _ => return None,
    })
}

fn figure(number: &Number, language: Language) -> String {
    let figure = number.to_string();
    let figure = figure.strip_suffix(".0").unwrap_or(&figure);
    if language == Language::En { figure.to_owned() } else { figure.replace('.', ",") }
}

impl Rhythm {
    fn words(&self, text: &L10nLanguage) -> String {
        let often = match self.often_at_most {
            Some(most) if most > self.often => format!("{}–{most}", self.often),
            _ => self.often.to_string(),
        };
        let is_once = often == "1";
        match (self.unit, self.every, is_once) {
            (Unit::Hours, every, _) => text.msg_medicines_dose_hours(every),
            (Unit::Days, 1, true) => text.msg_medicines_dose_daily(),
            (Unit::Days, 1, false) => text.msg_medicines_dose_daily_many(often),
            (Unit::Days, 2, true) => text.msg_medicines_dose_second_day(),
            (Unit::Days, every, _) => text.msg_medicines_dose_every_days(often, every),
            (Unit::Weeks, 1, true) => text.msg_medicines_dose_weekly(),
            (Unit::Weeks, 1, false) => text.msg_medicines_dose_weekly_many(often),
            (Unit::Weeks, every, _) => text.msg_medicines_dose_every_weeks(often, every),
            (Unit::Months, 1, true) => text.msg_medicines_dose_monthly(),
            (Unit::Months, every, _) => text.msg_medicines_dose_every_months(often, every),
        }
    }
}

impl Moment {
    fn words(self, text: &L10nLanguage) -> String {
        match self {
            Self::Morning => text.msg_medicines_dose_morning(),
            Self::Noon => text.msg_medicines_dose_noon(),
            Self::Afternoon => text.msg_medicines_dose_afternoon(),
            Self::Evening => text.msg_medicines_dose_evening(),
            Self::Night => text.msg_medicines_dose_night(),
            Self::Bedtime => text.msg_medicines_dose_bedtime(),
            Self::BeforeMeals => text.msg_medicines_dose_before_meals(),
            Self::WithMeals => text.msg_medicines_dose_with_meals(),
            Self::AfterMeals => text.msg_medicines_dose_after_meals(),
        }
    }
}

fn moment(code: &str) -> Option<Moment> {
    Some(match code {
        "MORN" => Moment::Morning,
        "NOON" => Moment::Noon,
        "AFT" => Moment::Afternoon,
        "EVE" => Moment::Evening,
        "NIGHT" => Moment::Night,
        "HS" => Moment::Bedtime,
        "AC" => Moment::BeforeMeals,
        "C" => Moment::WithMeals,
        "PC" => Moment::AfterMeals,
        _ => return None,
    })
}

/// So often in so many of a unit. There are words for "every sixth hour" and none for "twice in six hours", which is then not understood; so many times
/// in 24 hours is so many times a day.
fn rhythm((often, often_at_most): (Option<u32>, Option<u32>), every: &Number, unit: &str) -> Option<Rhythm> {
    let every = every.as_u64().and_then(|every| u32::try_from(every).ok()).filter(|every| *every > 0)?;
    let often = often.unwrap_or(1);
    let (every, unit) = match (every, period_unit(unit)?) {
        (24, Unit::Hours) => (1, Unit::Days),
        (_, Unit::Hours) if often != 1 || often_at_most.is_some_and(|most| most > often) => return None,
        whole => whole,
    };
    Some(Rhythm { often, often_at_most, every, unit })
}

fn period_unit(code: &str) -> Option<Unit> {
    Some(match code {
        "h" => Unit::Hours,
        "d" => Unit::Days,
        "wk" => Unit::Weeks,
        "mo" => Unit::Months,
        _ => return None,
    })
}

fn amount(json: &DoseAndRateJson) -> Option<Amount> {
    let unit = |quantity: &QuantityJson| {
        let unit = if quantity.unit.is_empty() { &quantity.code } else { &quantity.unit };
        Some(unit.clone()).filter(|unit| !unit.is_empty())
    };
    match (&json.dose_quantity, &json.dose_range) {
        (Some(dose), None) => Some(Amount { low: dose.value.clone(), high: None, unit: unit(dose)? }),
        // "500 mg to 1 g" is not "500–1 g".
        (None, Some(range)) if unit(&range.low) == unit(&range.high) => Some(Amount {
            low: range.low.value.clone(),
            high: Some(range.high.value.clone()),
            unit: unit(&range.high)?,
        }),
        _ => None,
    }
}
