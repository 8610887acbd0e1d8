//! The order of rpm's versions, `[EPOCH:]VERSION[-RELEASE]` (rpm `rpmio/rpmvercmp.c`).

use std::cmp::Ordering;

/// Compares two full versions. No epoch is 0.
pub fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, version_a, release_a), (epoch_b, version_b, release_b)) = (parts(a), parts(b));
    segments(epoch_a, epoch_b)
        .then_with(|| segments(version_a, version_b))
        .then_with(|| segments(release_a, release_b))
}

fn parts(text: &str) -> (&str, &str, &str) {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, version, release)
}

/// Numbers and letters one after the other; what stands between them only separates. `~` sorts before the end of the
/// text, `^` after it and before anything else.
fn segments(mut a: &str, mut b: &str) -> Ordering {
    let is_mark = |c: char| c.is_ascii_alphanumeric() || c == '~' || c == '^';
    loop {
        a = a.trim_start_matches(|c| !is_mark(c));
        b = b.trim_start_matches(|c| !is_mark(c));
        for (mark, of_longer) in [('~', Ordering::Less), ('^', Ordering::Greater)] {
            match (a.strip_prefix(mark), b.strip_prefix(mark)) {
                (Some(rest_a), Some(rest_b)) => (a, b) = (rest_a, rest_b),
                (Some(_), None) if mark == '~' || b.is_empty() => return of_longer,
                (None, Some(_)) if mark == '~' || a.is_empty() => return of_longer.reverse(),
                (Some(_), None) => return Ordering::Less,
                (None, Some(_)) => return Ordering::Greater,
                (None, None) => {}
            }
        }
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let is_number = a.starts_with(|c: char| c.is_ascii_digit());
        if is_number != b.starts_with(|c: char| c.is_ascii_digit()) {
            return if is_number { Ordering::Greater } else { Ordering::Less };
        }
        let (part_a, rest_a) = split(a, is_number);
        let (part_b, rest_b) = split(b, is_number);
        let order = if is_number {
            let (a, b) = (part_a.trim_start_matches('0'), part_b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        } else {
            part_a.cmp(part_b)
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// The digits, or the letters, at the beginning; and the rest.
fn split(text: &str, digits: bool) -> (&str, &str) {
    let belongs = |c: char| if digits { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In order; checked with `rpmdev-vercmp`'s function, rpm 4.18's `rpm.vercmp`.
    #[test]
    fn orders_as_rpm_does() {
        const ORDER: [&str; 11] = [
            "1.0~rc1-1",
            "1.0-1",
            "1.0^git1-1",
            "1.0a-1",
            "1.0.1-1",
            "535.54.03-1.el9",
            "535.216.03-1.el9",
            "535.216.03-3.el9_4",
            "535.261.03-1.el9",
            "1:2-1",
            "3:1-1",
        ];
        for pair in ORDER.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("0:1.010-1", "1.10-1"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn never_panics_and_is_antisymmetric(a in "[\\PC]{0,20}", b in "[0-9a-c.~^:-]{0,20}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        }
    }
}
