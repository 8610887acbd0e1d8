//! Python's regular expressions, as far as people write them for package names (unattended-upgrades'
//! `Package-Blacklist`): characters, `.`, and `*`, `+`, `?` behind them.

/// What one place of the pattern takes.
struct Atom {
    /// `None`: any character.
    wanted: Option<char>,
    /// Whether it may stand for nothing.
    optional: bool,
    /// Whether it may stand for many.
    many: bool,
}

/// Whether `pattern` matches at the start of `name`, as `re.match` has it. `None`: it says more than is understood here.
pub fn matches_start(pattern: &str, name: &str) -> Option<bool> {
    /// No package's name and no sane pattern is longer.
    const LONGEST: usize = 512;
    if pattern.len() > LONGEST || name.len() > LONGEST {
        return None;
    }
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let (pattern, to_end) = match pattern.strip_suffix('$') {
        Some(stem) if !stem.ends_with('\\') => (stem, true),
        _ => (pattern, false),
    };
    let atoms = atoms(pattern)?;
    let name: Vec<char> = name.chars().collect();
    // The places in the name that the pattern can have come to.
    let mut reached = vec![false; name.len() + 1];
    *reached.first_mut()? = true;
    for atom in atoms {
        let takes = |place: usize| {
            name.get(place).is_some_and(|c| atom.wanted.is_none_or(|wanted| wanted == *c))
        };
        let mut next = vec![false; name.len() + 1];
        for place in 0..=name.len() {
            let is_here = reached.get(place) == Some(&true);
            let goes_on = atom.many && place > 0 && next.get(place) == Some(&true) && takes(place);
            if is_here && atom.optional {
                *next.get_mut(place)? = true;
            }
            if (is_here || goes_on) && takes(place) {
                *next.get_mut(place + 1)? = true;
            }
        }
        reached = next;
    }
    Some(if to_end { reached.last() == Some(&true) } else { reached.contains(&true) })
}

fn atoms(pattern: &str) -> Option<Vec<Atom>> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let wanted = match character {
            '*' | '+' | '?' => {
                let atom = atoms.last_mut()?;
                // `.*?` and its like end elsewhere, and match no other names.
                atom.optional |= character != '+';
                atom.many |= character != '?';
                continue;
            }
            '.' => None,
            '\\' => Some(characters.next().filter(|escaped| escaped.is_ascii_punctuation())?),
            '[' | ']' | '(' | ')' | '{' | '}' | '|' | '^' | '$' => return None,
            plain => Some(plain),
        };
        atoms.push(Atom { wanted, optional: false, many: false });
    }
    Some(atoms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn matches_as_python_does() {
        for (pattern, name, expected) in [
            ("nvidia", "nvidia-driver-535", true),
            ("nvidia", "libnvidia-compute-535", false),
            (".*nvidia", "libnvidia-compute-535", true),
            ("^nvidia-driver-535$", "nvidia-driver-535", true),
            ("nvidia-driver$", "nvidia-driver-535", false),
            ("lib.*-535", "libnvidia-compute-535", true),
            ("linux-.*", "linux-image-generic", true),
            ("libstdc\\+\\+6", "libstdc++6", true),
            ("(lib)?xen", "libxen", false),
            ("a+b", "aaab", true),
            ("a+b", "b", false),
            ("", "anything", true),
        ] {
            let found = matches_start(pattern, name);
            let expected = (!pattern.contains('(')).then_some(expected);
            assert_eq!(found, expected, "{pattern} {name}");
        }
        assert_eq!(matches_start("nvidia-[0-9]+", "nvidia-535"), None);
        assert_eq!(matches_start("*", "x"), None);
    }

    proptest! {
        #[test]
        fn never_panics(pattern in "(\\*|\\+|\\?|\\.|\\\\|\\$|a|b|é){0,40}", name in "(a|b|é){0,40}") {
            let _ = matches_start(&pattern, &name);
        }
    }
}
