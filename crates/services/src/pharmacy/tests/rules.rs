use super::super::rules::{FieldError, two};
use crate::shared::testing::national_id;

#[test]
fn two_numbers_are_read_with_spaces_and_without_and_all_that_is_wrong_is_told_at_once() {
    let (kari, per) = (national_id(1), national_id(2));
    let spaced = format!(" {} {} ", &kari.as_str()[..6], &kari.as_str()[6..]);
    let read = two(&spaced, per.as_str()).unwrap();
    assert_eq!((read.giver, read.receiver), (kari.clone(), per.clone()));
    for (giver, receiver, expected) in [
        ("", "", vec![FieldError::Giver, FieldError::Receiver]),
        ("12345678901", per.as_str(), vec![FieldError::Giver]),
        (kari.as_str(), "Per", vec![FieldError::Receiver]),
        (kari.as_str(), kari.as_str(), vec![FieldError::Same]),
        (&kari.as_str()[..10], per.as_str(), vec![FieldError::Giver]),
    ] {
        assert_eq!(two(giver, receiver), Err(expected), "{giver} {receiver}");
    }
}
