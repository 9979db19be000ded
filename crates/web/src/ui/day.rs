use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::Language;

use crate::l10n::text;

/// A day as somebody has typed it, in three fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedDay {
    /// Day of the month.
    pub day: String,
    /// Month, 1 to 12.
    pub month: String,
    /// Year, four digits.
    pub year: String,
}

/// What was typed is no day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADay;

impl TypedDay {
    /// The day; `None` when nothing was typed.
    ///
    /// # Errors
    /// [`NotADay`] when something was typed that is no day, or only a part of one. A year takes four digits: of two nobody knows which
    /// century they mean.
    pub fn date(&self) -> Result<Option<Date>, NotADay> {
        let [day, month, year] = [&self.day, &self.month, &self.year].map(|part| part.trim());
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return Ok(None);
        }
        let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let date = match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) if is_year => Date::new(year, month, day).ok(),
            _ => None,
        };
        date.map(Some).ok_or(NotADay)
    }
}

impl From<Date> for TypedDay {
    fn from(date: Date) -> Self {
        Self { day: date.day().to_string(), month: date.month().to_string(), year: date.year().to_string() }
    }
}

/// Three fields for a day. Native date inputs follow the browser's language and not the page's, and are hard to type in.
#[derive(Debug)]
pub struct DayField<'a> {
    /// Id of the first field, so that the error summary leads there. The fields are named `ID-day`, `ID-month` and `ID-year`.
    pub id: &'a str,
    /// What is asked.
    pub legend: &'a str,
    /// A line of help; empty for none.
    pub help: &'a str,
    /// What is wrong.
    pub error: Option<&'a str>,
    /// What was typed.
    pub value: &'a TypedDay,
}

/// Day, month and year in a fieldset.
pub fn day_field(field: &DayField<'_>, language: Language) -> Markup {
    let text = text(language);
    let (help_id, error_id) = (format!("{}-help", field.id), format!("{}-error", field.id));
    let described = super::forms::described_by(field.help, &help_id, field.error, &error_id);
    let parts = [
        (field.id.to_owned(), "day", text.msg_web_day(), &field.value.day, "2"),
        (format!("{}-month", field.id), "month", text.msg_web_month(), &field.value.month, "2"),
        (format!("{}-year", field.id), "year", text.msg_web_year(), &field.value.year, "4"),
    ];
    html! {
        fieldset.ds-fieldset.choices aria-describedby=[described] {
            legend.ds-label { (field.legend) }
            @if !field.help.is_empty() { p #(help_id) data-field="description" { (field.help) } }
            @if let Some(error) = field.error { p.ds-validation-message #(error_id) { (error) } }
            div.day {
                @for (id, name, label, value, size) in parts {
                    div.ds-field {
                        label.ds-label for=(id) { (label) }
                        input.ds-input type="text" id=(id) name=(format!("{}-{name}", field.id)) value=(value)
                            inputmode="numeric" maxlength=(size) size=(size) autocomplete="off"
                            aria-invalid=[field.error.map(|_| "true")];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed(day: &str, month: &str, year: &str) -> TypedDay {
        TypedDay { day: day.to_owned(), month: month.to_owned(), year: year.to_owned() }
    }

    #[test]
    fn a_day_is_read_as_people_write_it_and_never_guessed_at() {
        for (parts, expected) in [
            (("", " ", ""), Ok(None)),
            (("1", "2", "2027"), Ok(Some(date(2027, 2, 1)))),
            ((" 01", "02 ", "2027"), Ok(Some(date(2027, 2, 1)))),
            (("29", "2", "2028"), Ok(Some(date(2028, 2, 29)))),
            (("29", "2", "2027"), Err(NotADay)),
            (("1", "13", "2027"), Err(NotADay)),
            (("1", "2", "27"), Err(NotADay)),
            (("1", "2", "+027"), Err(NotADay)),
            (("1", "", "2027"), Err(NotADay)),
            (("første", "2", "2027"), Err(NotADay)),
        ] {
            assert_eq!(typed(parts.0, parts.1, parts.2).date(), expected, "{parts:?}");
        }
        assert_eq!(TypedDay::from(date(2027, 2, 1)), typed("1", "2", "2027"));
    }

    #[test]
    fn what_was_typed_stays_and_the_error_summary_leads_to_the_day() {
        let value = typed("31", "\"><b>", "2027");
        let field = DayField { id: "until", legend: "Siste dag", help: "Hjelp", error: Some("Feil"), value: &value };
        let html = day_field(&field, Language::Nb).into_string();
        assert!(html.contains("id=\"until\" name=\"until-day\" value=\"31\""), "{html}");
        assert!(html.contains("value=\"&quot;&gt;&lt;b&gt;\"") && html.contains("name=\"until-year\""), "{html}");
        assert!(html.contains("aria-describedby=\"until-help until-error\""), "{html}");
    }
}
