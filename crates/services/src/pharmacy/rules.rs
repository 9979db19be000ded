//! What is typed at the counter, pure.

use jiff::SignedDuration;
use varde_base::NationalId;

/// How often one at the counter may ask in [`WINDOW`]: once in twenty seconds, all day.
pub(super) const MAX_QUESTIONS: u32 = 30;

/// The stretch questions are counted in.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// The number of the one whose medicines they are is no such number.
    Giver,
    /// Nor is that of the one who collects.
    Receiver,
    /// Both are the same person's.
    Same,
}

/// The two whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Two {
    /// Whose medicines.
    pub giver: NationalId,
    /// Who collects.
    pub receiver: NationalId,
}

/// The two numbers as they were typed, with or without spaces.
///
/// # Errors
/// All that is wrong at once.
pub(super) fn two(giver: &str, receiver: &str) -> Result<Two, Vec<FieldError>> {
    let number = |typed: &str| {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        digits.parse::<NationalId>().ok()
    };
    match (number(giver), number(receiver)) {
        (Some(giver), Some(receiver)) if giver == receiver => Err(vec![FieldError::Same]),
        (Some(giver), Some(receiver)) => Ok(Two { giver, receiver }),
        (giver, receiver) => {
            let wrong =
                [giver.is_none().then_some(FieldError::Giver), receiver.is_none().then_some(FieldError::Receiver)];
            Err(wrong.into_iter().flatten().collect())
        }
    }
}
