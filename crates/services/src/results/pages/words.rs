//! Values, flags and states in words.

use varde_web::{Tone, dates, numbers};

use super::super::model::{Coded, Flag, Kind, Name, Quantity, Range, State, Value};
use super::super::rules::{self, Counts, Outside};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::shared::analysis::{self, Analysis};

/// What kind of examination.
pub(super) fn kind(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Laboratory => text.msg_results_kind_laboratory(),
        Kind::Microbiology => text.msg_results_kind_microbiology(),
        Kind::Pathology => text.msg_results_kind_pathology(),
        Kind::Imaging => text.msg_results_kind_imaging(),
        Kind::Other => text.msg_results_kind_other(),
    }
}

/// A tag where the state is not the ordinary one.
pub(super) fn state_tag(text: &L10nLanguage, state: State) -> Option<(Tone, String)> {
    let tone = match state {
        State::Final => return None,
        State::Corrected | State::Withdrawn => Tone::Warning,
        State::Registered | State::Partial | State::Preliminary | State::Amended => Tone::Info,
        State::Cancelled => Tone::Neutral,
    };
    Some((tone, state_name(text, state)))
}

/// How far an answer has come.
pub(super) fn state_name(text: &L10nLanguage, state: State) -> String {
    match state {
        State::Registered => text.msg_results_state_registered(),
        State::Partial => text.msg_results_state_partial(),
        State::Preliminary => text.msg_results_state_preliminary(),
        State::Final => text.msg_results_state_final(),
        State::Amended => text.msg_results_state_amended(),
        State::Corrected => text.msg_results_state_corrected(),
        State::Cancelled => text.msg_results_state_cancelled(),
        State::Withdrawn => text.msg_results_state_withdrawn(),
    }
}

/// What that means, where it is not the ordinary.
pub(super) fn state_help(text: &L10nLanguage, state: State) -> Option<(Tone, String)> {
    Some(match state {
        State::Final => return None,
        State::Registered => (Tone::Info, text.msg_results_help_registered()),
        State::Partial => (Tone::Info, text.msg_results_help_partial()),
        State::Preliminary => (Tone::Info, text.msg_results_help_preliminary()),
        State::Amended => (Tone::Info, text.msg_results_help_amended()),
        State::Corrected => (Tone::Warning, text.msg_results_help_corrected()),
        State::Cancelled => (Tone::Neutral, text.msg_results_help_cancelled()),
        State::Withdrawn => (Tone::Warning, text.msg_results_help_withdrawn()),
    })
}

/// How many values of a report are outside the usual; `None` when none can be compared.
pub(super) fn counts(text: &L10nLanguage, counts: Counts) -> Option<String> {
    match counts {
        Counts { compared: 0, .. } => None,
        Counts { outside: 0, compared } => Some(text.msg_results_none_outside(compared)),
        Counts { outside, compared } => Some(text.msg_results_some_outside(outside, compared)),
    }
}

/// How many values of a report with a mark are outside the usual: the mark says the rest. `None` when none of them is a number.
pub(super) fn counts_beside_mark(text: &L10nLanguage, counts: Counts) -> Option<String> {
    let Counts { outside, compared } = counts;
    (outside > 0).then(|| text.msg_results_some_of(outside, compared))
}

/// The mark on an answer with something out of the usual, the same in every list.
pub(super) fn mark(text: &L10nLanguage, outside: Outside) -> (Tone, String) {
    match outside {
        Outside::Some => (Tone::Info, text.msg_results_flag_abnormal()),
        Outside::Far => (Tone::Warning, text.msg_results_flag_very_abnormal()),
    }
}

/// What a flag says more than its mark; nothing where it says the same.
pub(super) fn beside_mark(text: &L10nLanguage, of: Flag) -> Option<String> {
    (!matches!(of, Flag::Abnormal | Flag::VeryAbnormal)).then(|| flag(text, of))
}

/// A flag in a few words.
pub(super) fn flag(text: &L10nLanguage, flag: Flag) -> String {
    match flag {
        Flag::Within => text.msg_results_flag_within(),
        Flag::High => text.msg_results_flag_high(),
        Flag::VeryHigh => text.msg_results_flag_very_high(),
        Flag::Low => text.msg_results_flag_low(),
        Flag::VeryLow => text.msg_results_flag_very_low(),
        Flag::Abnormal => text.msg_results_flag_abnormal(),
        Flag::VeryAbnormal => text.msg_results_flag_very_abnormal(),
        Flag::Found => text.msg_results_flag_found(),
        Flag::NotFound => text.msg_results_flag_not_found(),
        Flag::Uncertain => text.msg_results_flag_uncertain(),
        Flag::Sensitive => text.msg_results_flag_sensitive(),
        Flag::Intermediate => text.msg_results_flag_intermediate(),
        Flag::Resistant => text.msg_results_flag_resistant(),
    }
}

/// How much a flag matters; never more than something to be aware of, and never praise.
pub(super) fn flag_tone(flag: Flag) -> Tone {
    match flag {
        Flag::High | Flag::Low | Flag::Abnormal => Tone::Info,
        Flag::VeryHigh | Flag::VeryLow | Flag::VeryAbnormal => Tone::Warning,
        _ => Tone::Neutral,
    }
}

/// A value in words.
pub(super) fn value(ctx: &Ctx, value: &Value) -> String {
    let text = ctx.text();
    match value {
        Value::Quantity(of) => quantity(ctx, of),
        Value::Between(low, high) => between(ctx, low.as_ref(), high.as_ref()),
        Value::Ratio(of, to) => format!("{} : {}", quantity(ctx, of), quantity(ctx, to)),
        Value::Words(words) => words.clone(),
        Value::Coded(Coded::Found) => text.msg_results_flag_found(),
        Value::Coded(Coded::NotFound) => text.msg_results_flag_not_found(),
        Value::Coded(Coded::Uncertain) => text.msg_results_flag_uncertain(),
        Value::YesNo(true) => text.msg_results_yes(),
        Value::YesNo(false) => text.msg_results_no(),
        Value::When(when) => dates::as_exact_as_known(when, ctx.language).unwrap_or_else(|| when.clone()),
        Value::Missing(why) => why.clone().unwrap_or_default(),
    }
}

/// A number with its unit; a space that does not break stands between.
pub(super) fn quantity(ctx: &Ctx, of: &Quantity) -> String {
    let number = numbers::measured(&of.digits, ctx.language);
    let comparator = match of.comparator.as_deref() {
        Some("<") => "<\u{a0}",
        Some("<=") => "≤\u{a0}",
        Some(">") => ">\u{a0}",
        Some(">=") => "≥\u{a0}",
        _ => "",
    };
    match of.unit.as_str() {
        "" => format!("{comparator}{number}"),
        unit => format!("{comparator}{number}\u{a0}{unit}"),
    }
}

fn between(ctx: &Ctx, low: Option<&Quantity>, high: Option<&Quantity>) -> String {
    let text = ctx.text();
    match (low, high) {
        (Some(low), Some(high)) if low.unit == high.unit => {
            format!("{}–{}", numbers::measured(&low.digits, ctx.language), quantity(ctx, high))
        }
        (Some(low), Some(high)) => format!("{}–{}", quantity(ctx, low), quantity(ctx, high)),
        (Some(low), None) => text.msg_results_range_from(quantity(ctx, low)),
        (None, Some(high)) => text.msg_results_range_to(quantity(ctx, high)),
        (None, None) => String::new(),
    }
}

/// A range in words: its limits, else what the source says.
pub(super) fn range(ctx: &Ctx, range: &Range) -> String {
    let limits = between(ctx, range.low.as_ref(), range.high.as_ref());
    let words = if limits.is_empty() { range.text.clone().unwrap_or_default() } else { limits };
    match &range.applies_to {
        Some(whom) if !words.is_empty() => format!("{words} ({whom})"),
        _ => words,
    }
}

/// What was looked for: our plain name, else the source's, after what was examined where that alone does not say ("Urin: utseende").
pub(super) fn name(text: &L10nLanguage, name: &Name) -> String {
    let own = match name.analysis {
        Some(analysis) => analysis::name(text, analysis),
        None => name.source.clone().unwrap_or_else(|| text.msg_results_unnamed()),
    };
    match rules::specimen_to_name(name) {
        Some(specimen) => format!("{specimen}: {}", within_a_line(&own)),
        None => own,
    }
}

/// A name of one ordinary word as it stands inside a line; abbreviations and names of several words stay as they are.
fn within_a_line(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next();
    let is_word = name.chars().count() > 1 && letters.clone().all(char::is_lowercase);
    first.filter(|_| is_word).map_or_else(|| name.to_owned(), |first| first.to_lowercase().chain(letters).collect())
}

/// What the analysis says, in a sentence.
pub(super) fn about(text: &L10nLanguage, analysis: Analysis) -> String {
    match analysis {
        Analysis::Hemoglobin => text.msg_results_about_hemoglobin(),
        Analysis::Hematocrit => text.msg_results_about_hematocrit(),
        Analysis::Erythrocytes => text.msg_results_about_erythrocytes(),
        Analysis::Leukocytes => text.msg_results_about_leukocytes(),
        Analysis::Platelets => text.msg_results_about_platelets(),
        Analysis::Crp => text.msg_results_about_crp(),
        Analysis::Ferritin => text.msg_results_about_ferritin(),
        Analysis::Creatinine => text.msg_results_about_creatinine(),
        Analysis::Egfr => text.msg_results_about_egfr(),
        Analysis::Potassium => text.msg_results_about_potassium(),
        Analysis::Sodium => text.msg_results_about_sodium(),
        Analysis::Calcium => text.msg_results_about_calcium(),
        Analysis::Cholesterol => text.msg_results_about_cholesterol(),
        Analysis::Ldl => text.msg_results_about_ldl(),
        Analysis::Hdl => text.msg_results_about_hdl(),
        Analysis::Triglycerides => text.msg_results_about_triglycerides(),
        Analysis::Hba1c => text.msg_results_about_hba1c(),
        Analysis::Glucose => text.msg_results_about_glucose(),
        Analysis::Tsh => text.msg_results_about_tsh(),
        Analysis::FreeT4 => text.msg_results_about_free_t4(),
        Analysis::VitaminD => text.msg_results_about_vitamin_d(),
        Analysis::Alt => text.msg_results_about_alt(),
    }
}

/// Where an analysis is shown over time.
pub(super) fn over_time_link(code: &str) -> String {
    format!("/results/over-time?code={}", encoded(code))
}

/// For a value in an address.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
