use std::fmt;
use std::str::FromStr;

/// The FHIR identifier system of the Norwegian national identity number (*fødselsnummer*), as in the no-basis profiles.
pub const NATIONAL_ID_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.1";

/// A Norwegian national identity number (*fødselsnummer* or *D-nummer*): eleven digits with two control digits.
///
/// Sex and date of birth are never derived from it: from 2032 the number no longer carries them. `Debug` shows no digits, so
/// that the number cannot end in a log by accident.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NationalId([u8; 11]);

/// What a number's date part says of who gave it out and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NationalIdKind {
    /// *Fødselsnummer*, for residents.
    Resident,
    /// *D-nummer* (day + 40), for those who stay for a while.
    Temporary,
    /// A synthetic number from the population register's test environment (month + 80) or Skatteetaten's older one (+ 65);
    /// can never belong to a person.
    Synthetic,
}

/// Why a text is no national identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNationalId {
    /// Not exactly eleven digits.
    #[error("a national identity number is eleven digits")]
    Form,
    /// The first six digits are no day of any year.
    #[error("the first six digits are not a date")]
    Date,
    /// A control digit is wrong.
    #[error("the control digits do not fit")]
    ControlDigits,
}

const FIRST_WEIGHTS: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const SECOND_WEIGHTS: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

impl NationalId {
    /// Builds the synthetic number (month + 80) for a day and a serial number of three digits; `None` where no control digits
    /// exist for that combination or the serial is over 999, in which case the caller takes another serial.
    pub fn synthetic(day: u8, month: u8, year_of_century: u8, serial: u16) -> Option<Self> {
        if serial > 999 {
            return None;
        }
        let nine = format!("{day:02}{:02}{year_of_century:02}{serial:03}", month + 80);
        let digits: Vec<u32> = nine.bytes().map(|b| u32::from(b - b'0')).collect();
        let first = control_digit(weighted(&digits, &FIRST_WEIGHTS))?;
        let ten: Vec<u32> = digits.iter().copied().chain([first]).collect();
        let second = control_digit(weighted(&ten, &SECOND_WEIGHTS))?;
        format!("{nine}{first}{second}").parse().ok()
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What kind of number it is.
    pub fn kind(&self) -> NationalIdKind {
        let (day, month, _) = date_part(&self.0);
        if month > 40 {
            NationalIdKind::Synthetic
        } else if day > 40 {
            NationalIdKind::Temporary
        } else {
            NationalIdKind::Resident
        }
    }
}

impl FromStr for NationalId {
    type Err = InvalidNationalId;

    /// Checks form, date part and control digits. The first control digit follows the rule that holds from 2032 as well:
    /// the remainder may be 0 to 3 (Skatteetaten, "Nytt format på fødselsnummer").
    fn from_str(text: &str) -> Result<Self, InvalidNationalId> {
        let bytes: [u8; 11] = text.as_bytes().try_into().map_err(|_| InvalidNationalId::Form)?;
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(InvalidNationalId::Form);
        }
        let (day, month, year) = date_part(&bytes);
        let day = if day > 40 { day - 40 } else { day };
        let month = match month {
            81..=92 => month - 80,
            66..=77 => month - 65,
            other => other,
        };
        if !is_day_of_some_century(day, month, year) {
            return Err(InvalidNationalId::Date);
        }
        let digits = bytes.map(|b| u32::from(b - b'0'));
        let first = (weighted(&digits, &FIRST_WEIGHTS) + digits[9]) % 11;
        let second = (weighted(&digits, &SECOND_WEIGHTS) + digits[10]) % 11;
        if first > 3 || second != 0 {
            return Err(InvalidNationalId::ControlDigits);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalId(***********)")
    }
}

/// Sum of products; digits beyond the weights are left out.
fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// The digit that makes the weighted sum divisible by 11; `None` when that would be 10.
fn control_digit(sum: u32) -> Option<u32> {
    let digit = (11 - sum % 11) % 11;
    (digit < 10).then_some(digit)
}

/// Day, month and two-digit year as written, with whatever was added to them.
fn date_part(bytes: &[u8; 11]) -> (u8, u8, u8) {
    let two = |tens: u8, ones: u8| (tens - b'0') * 10 + (ones - b'0');
    let [d1, d2, m1, m2, y1, y2, ..] = *bytes;
    (two(d1, d2), two(m1, m2), two(y1, y2))
}

/// True when the day exists in any of the centuries the number can mean (1800s, 1900s, 2000s).
fn is_day_of_some_century(day: u8, month: u8, year: u8) -> bool {
    [1800_i16, 1900, 2000].into_iter().any(|century| {
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return false };
        jiff::civil::Date::new(century + i16::from(year), month, day).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_numbers_of_each_kind_are_known() {
        let synthetic = NationalId::synthetic(29, 2, 0, 123)
            .or_else(|| NationalId::synthetic(29, 2, 0, 124))
            .expect("one of two serials has control digits");
        assert_eq!(synthetic.kind(), NationalIdKind::Synthetic);
        assert_eq!(synthetic.as_str().parse::<NationalId>(), Ok(synthetic.clone()));
        assert_eq!(&synthetic.as_str()[..6], "298200");
    }

    #[test]
    fn every_wrong_form_is_named() {
        for (text, expected) in [
            ("", InvalidNationalId::Form),
            ("1234567890", InvalidNationalId::Form),
            ("1234567890a", InvalidNationalId::Form),
            ("１２３４５６７８９０１", InvalidNationalId::Form),
            ("32019912345", InvalidNationalId::Date),
            ("01139912345", InvalidNationalId::Date),
            ("30029912345", InvalidNationalId::Date),
            ("01930012345", InvalidNationalId::Date),
        ] {
            assert_eq!(text.parse::<NationalId>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_changed_digit_is_found() {
        let number = (100..110).find_map(|serial| NationalId::synthetic(1, 1, 90, serial)).unwrap();
        let mut last = number.as_str().to_owned();
        let digit = last.pop().unwrap().to_digit(10).unwrap();
        last.push(char::from_digit((digit + 1) % 10, 10).unwrap());
        assert_eq!(last.parse::<NationalId>(), Err(InvalidNationalId::ControlDigits));
    }

    #[test]
    fn the_first_control_digit_may_leave_a_remainder_up_to_three() {
        let number = (100..110).find_map(|serial| NationalId::synthetic(1, 1, 90, serial)).unwrap();
        let nine = &number.as_str()[..9];
        let accepted = (0..100).filter(|tail| format!("{nine}{tail:02}").parse::<NationalId>().is_ok()).count();
        // Four first digits at most, one second digit each, less those that would need the digit ten.
        assert!((2..=4).contains(&accepted), "{accepted}");
    }

    #[test]
    fn debug_shows_no_digit() {
        let number = (100..110).find_map(|serial| NationalId::synthetic(1, 1, 90, serial)).unwrap();
        assert!(!format!("{number:?}").contains(|c: char| c.is_ascii_digit()));
    }
}
