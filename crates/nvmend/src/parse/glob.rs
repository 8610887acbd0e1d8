//! The patterns of `fnmatch(3)` that configuration files use: `*` and `?`.

/// Whether `pattern` matches all of `text`. Takes time proportional to the product of their lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut in_text) = (0, 0);
    // Where the last `*` stands, and how far it reaches by now.
    let mut star: Option<(usize, usize)> = None;
    while in_text < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || text.get(in_text) == Some(wanted) => {
                at += 1;
                in_text += 1;
            }
            _ => {
                let Some((place, reach)) = star else { return false };
                star = Some((place, reach + 1));
                at = place + 1;
                in_text = reach + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn matches_as_fnmatch_does() {
        for (pattern, text) in [
            ("*.conf", "cuda.conf"),
            ("nv*ia", "nvidia"),
            ("*", ""),
            ("nvid?a", "nvidia"),
            ("**a", "ba"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("*.conf", "cuda.conf.bak"), ("nvidia", "nvidia_drm"), ("?", ""), ("", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_of_stars_ends() {
        assert!(!matches(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }

    proptest! {
        #[test]
        fn never_panics(pattern in "[*?a\\PC]{0,20}", text in ".{0,40}") {
            let _ = matches(&pattern, &text);
            prop_assert!(matches("*", &text));
        }
    }
}
