//! A parent's consent to the own use of a young person of 13 to 15 (*foreldresamtykke*).
//!
//! One parent with parental responsibility is enough, and either may withdraw what stands: with two who disagree, the young person's use
//! is what gives way [A]. It is the one setting of a child over twelve that parents may change (rule CS-3); the young person sees that it
//! is given, and by whom (CS-2).

mod actions;
mod citizen;
mod pages;
mod rules;

pub(super) use citizen::router;
