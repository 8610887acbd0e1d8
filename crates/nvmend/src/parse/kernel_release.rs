//! The order of kernel releases (`uname -r`).

use std::cmp::Ordering;

/// Compares two releases: runs of digits by their value, other runs as text, so that
/// `6.1.0-9-amd64` < `6.1.0-47-amd64` < `6.12.95+deb12-amd64`; a release candidate before its release.
pub fn compare(left: &str, right: &str) -> Ordering {
    let (mut left_rest, mut right_rest) = (left.as_bytes(), right.as_bytes());
    loop {
        let ((left_run, left_after), (right_run, right_after)) = (run(left_rest), run(right_rest));
        if left_run.is_empty() && right_run.is_empty() {
            // The same but for leading zeros.
            return left.cmp(right);
        }
        let order = compare_runs(left_run, right_run);
        if order != Ordering::Equal {
            return order;
        }
        (left_rest, right_rest) = (left_after, right_after);
    }
}

/// The longest start of only digits, or of no digits.
fn run(bytes: &[u8]) -> (&[u8], &[u8]) {
    let digits = bytes.first().is_some_and(u8::is_ascii_digit);
    let end = bytes.iter().position(|byte| byte.is_ascii_digit() != digits).unwrap_or(bytes.len());
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

fn compare_runs(left: &[u8], right: &[u8]) -> Ordering {
    let is_candidate = |run: &[u8]| run.starts_with(b"-rc");
    is_candidate(right).cmp(&is_candidate(left)).then_with(|| {
        let is_number = |run: &[u8]| run.first().is_some_and(u8::is_ascii_digit);
        if is_number(left) && is_number(right) {
            let value = |run: &[u8]| -> Vec<u8> {
                run.iter().copied().skip_while(|digit| *digit == b'0').collect()
            };
            let (left, right) = (value(left), value(right));
            left.len().cmp(&right.len()).then_with(|| left.cmp(&right))
        } else {
            left.cmp(right)
        }
    })
}

/// Whether `text` names `release` as a word of its own: in `…-6.1.0-4-amd64.conf`, not in `…-16.1.0-4-amd64`.
pub fn names(text: &str, release: &str) -> bool {
    !release.is_empty()
        && memchr::memmem::find_iter(text.as_bytes(), release.as_bytes()).any(|at| {
            let before = at.checked_sub(1).and_then(|index| text.as_bytes().get(index));
            let after = at.checked_add(release.len()).and_then(|index| text.as_bytes().get(index));
            let part_of = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            !part_of(before) && !part_of(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn orders_as_people_expect() {
        let ordered = [
            "5.15.0-9-generic",
            "5.15.0-101-generic",
            "6.1.0-9-amd64",
            "6.1.0-47-amd64",
            "6.8.0-rc1",
            "6.8.0",
            "6.8.0-45-generic",
            "6.12.95+deb12-amd64",
            "6.17.10-300.fc43.x86_64",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn finds_a_release_only_as_a_word() {
        let entry = "gnulinux-advanced-5f3a>gnulinux-6.1.0-4-amd64-advanced-5f3a";
        assert!(names(entry, "6.1.0-4-amd64"));
        assert!(!names("vmlinuz-16.1.0-4-amd64", "6.1.0-4-amd64"));
        assert!(!names(entry, "6.1.0-4-amd6"));
        assert!(!names(entry, ""));
    }

    proptest! {
        #[test]
        fn is_an_order(a in ".{0,20}", b in "[0-9.a-]{0,12}", c in "[0-9.a-]{0,12}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            let mut sorted = [a.as_str(), b.as_str(), c.as_str()];
            sorted.sort_by(|x, y| compare(x, y));
            prop_assert!(compare(sorted[0], sorted[2]) != Ordering::Greater);
            let _ = names(&a, &b);
        }
    }
}
