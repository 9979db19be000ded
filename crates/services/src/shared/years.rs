/// Neighbours of the same year together, as lists that go back for years are read; `None` for those whose year is not known.
pub(crate) fn by_year<T>(items: &[T], year: impl Fn(&T) -> Option<i16>) -> Vec<(Option<i16>, Vec<&T>)> {
    let mut out: Vec<(Option<i16>, Vec<&T>)> = Vec::new();
    for item in items {
        let year = year(item);
        match out.last_mut() {
            Some((last, group)) if *last == year => group.push(item),
            _ => out.push((year, vec![item])),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_stand_together_in_the_order_they_came() {
        let items = [(1, Some(2026)), (2, Some(2026)), (3, Some(2025)), (4, None)];
        let expected =
            vec![(Some(2026), vec![&items[0], &items[1]]), (Some(2025), vec![&items[2]]), (None, vec![&items[3]])];
        assert_eq!(by_year(&items, |item| item.1), expected);
        assert!(by_year(&items[..0], |item| item.1).is_empty());
    }
}
