//! The READMEs show what the program prints.
#![allow(clippy::disallowed_methods, reason = "this test reads the READMEs themselves")]

use crate::support::{nvmend, stdout};

#[test]
fn the_screens_of_the_readmes_are_real() {
    for (name, language) in [("README.md", "en"), ("README.zh-CN.md", "zh-CN")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        let readme = std::fs::read_to_string(path).unwrap();
        let answer = nvmend(&["--example", "stale-module-loaded", "--lang", language]);
        assert!(readme.contains(stdout(&answer).trim_end()), "{name} shows another screen");
    }
}
