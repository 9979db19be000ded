//! The counter of a pharmacy (*fullmakt på apotek*): may this person collect medicines for that one?
//!
//! Whoever is at work at a pharmacy types two national identity numbers, which both stand on what people show at a counter anyway, and learns yes,
//! with the last day, or no. Nothing else: no name, no medicine, not how the two stand to each other; a number that is nobody's is a no like
//! any other. Each question is in the giver's access log before it is answered, and nobody asks without end. A code from the receiver's telephone
//! would tell less still; it is not asked for because those who most often collect for others, and those they collect for, are the ones who have no
//! such telephone with them.

mod citizen;
mod pages;
mod rules;
mod staff;
#[cfg(test)]
mod tests;

pub(crate) use citizen::router;
