//! The scripts, run by the shell of the machine.

#![expect(clippy::disallowed_methods, reason = "what scripts do to files is seen in files")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{COPY, FILES, KEYS};

/// A directory of a test's own, which goes with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oamecs-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, below: &str) -> String {
        format!("{}/{below}", self.0.display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(script: &str, words: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", script, "oamecs"]).args(words).envs(variables.iter().copied());
    command.output().unwrap()
}

/// The user and the group of whoever runs the tests.
fn owner(path: &Path) -> String {
    let metadata = fs::metadata(path).unwrap();
    format!("{}:{}", metadata.uid(), metadata.gid())
}

fn permissions(path: &str) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// What a shell could trip over.
const HOSTILE: &str = " it's \"$HOME\" `id` $(id) \\n %s * é\n\n-n\n\n";

#[test]
fn files_have_their_content_to_the_last_byte() {
    let scratch = Scratch::new("files");
    let owner = owner(&scratch.0);
    let odd = scratch.path("a b/$c\"'`\n-/new\nline");
    let plain = scratch.path("run/secrets/db");
    let words = ["OAMECS_1", odd.as_str(), owner.as_str(), "0440", "OAMECS_2", plain.as_str(), owner.as_str(), "0400"];
    let output = run(FILES, &words, &[("OAMECS_1", HOSTILE), ("OAMECS_2", "")]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()));
    assert_eq!(fs::read_to_string(&odd).unwrap(), HOSTILE);
    assert_eq!(fs::read_to_string(&plain).unwrap(), "");
    assert_eq!((permissions(&odd), permissions(&plain)), (0o440, 0o400));
    assert_eq!(permissions(&scratch.path("run/secrets")), 0o755);
}

#[test]
fn a_file_takes_the_place_of_a_link() {
    let scratch = Scratch::new("link");
    let (target, link) = (scratch.path("target"), scratch.path("link"));
    fs::write(&target, "of the image").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let output = run(FILES, &["OAMECS_1", &link, &owner(&scratch.0), "0444"], &[("OAMECS_1", "ours")]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(&link).unwrap(), "ours");
    assert_eq!(fs::read_to_string(&target).unwrap(), "of the image");
}

#[test]
fn a_value_that_is_missing_stops_the_task() {
    let scratch = Scratch::new("missing");
    let output = run(FILES, &["OAMECS_1", &scratch.path("x"), &owner(&scratch.0), "0444"], &[]);
    assert!(!output.status.success());
    assert!(!Path::new(&scratch.path("x")).exists());
}

/// The files that a JSON object becomes, with their contents; `None` where the script refuses it.
fn keys(name: &str, value: &str) -> Option<Vec<(String, String)>> {
    let scratch = Scratch::new(name);
    let directory = scratch.path("run/secrets/app");
    let words = ["keys", "OAMECS_1", &directory, &owner(&scratch.0), "0400"];
    let output = run(&format!("{FILES}{KEYS}"), &words, &[("OAMECS_1", value)]);
    assert!(output.stdout.is_empty(), "{output:?}");
    if !output.status.success() {
        return None;
    }
    let mut files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            assert_eq!(permissions(path.to_str().unwrap()), 0o400);
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    Some(files)
}

#[test]
fn each_key_of_an_object_is_a_file() {
    let value = serde_json::json!({
        "user": "app",
        "pass word": HOSTILE,
        "$(id)": "\u{8}\u{c}\r\t\"\\/{}[]:,",
        "größe": "ü€😀",
        "empty": "",
        "number": -1.5e3,
        "flag": true,
        "nothing": null,
        "object": {"a": [1, {"b": "}]\\\""}]},
        "list": [],
    });
    let expected = |(key, value): (&String, &serde_json::Value)| {
        (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let mut files: Vec<_> = value.as_object().unwrap().iter().map(expected).collect();
    files.sort();
    assert_eq!(keys("compact", &value.to_string()).as_ref(), Some(&files));
    let escaped = r#" { "a" : "\u00e9\u20ac\ud83d\ude00\u0041\/" ,"b": {"c" : 1 } } "#;
    let expected = vec![("a".to_owned(), "é€😀A/".to_owned()), ("b".to_owned(), r#"{"c" : 1 }"#.to_owned())];
    assert_eq!(keys("escaped", escaped), Some(expected));
    assert_eq!(keys("empty", "{}"), Some(Vec::new()));
}

#[test]
fn what_is_no_object_of_files_is_refused() {
    let refused = [
        "",
        "{",
        "nope",
        "\"x\"",
        "[1]",
        r#"{"a":1"#,
        r#"{"a" 1}"#,
        r#"{"a":1,}"#,
        r#"{"a":1}x"#,
        r"{a:1}",
        r#"{"a":"x"#,
        r#"{"a":}"#,
        r#"{"a":[1}"#,
        r#"{"a":"\q"}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\u0000"}"#,
        r#"{"a/b":1}"#,
        r#"{"..":1}"#,
        r#"{"":1}"#,
    ];
    for (index, value) in refused.into_iter().enumerate() {
        assert_eq!(keys(&format!("refused-{index}"), value), None, "{value}");
    }
}

#[test]
fn files_and_keys_are_written_in_one_run() {
    let scratch = Scratch::new("both");
    let owner = owner(&scratch.0);
    let (file, directory) = (scratch.path("file"), scratch.path("keys"));
    let words = ["OAMECS_1", file.as_str(), &owner, "0444", "keys", "OAMECS_2", &directory, &owner, "0444"];
    let output = run(&format!("{FILES}{KEYS}"), &words, &[("OAMECS_1", "x"), ("OAMECS_2", r#"{"a":"b"}"#)]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(file).unwrap(), "x");
    assert_eq!(fs::read_to_string(scratch.path("keys/a")).unwrap(), "b");
}

#[test]
fn what_an_image_has_is_copied_with_its_permissions() {
    let scratch = Scratch::new("copy");
    let (from, to) = (scratch.path("image dir"), scratch.path("volume"));
    fs::create_dir_all(format!("{from}/sub")).unwrap();
    fs::create_dir(&to).unwrap();
    fs::write(format!("{from}/sub/.hidden"), "x").unwrap();
    fs::set_permissions(format!("{from}/sub/.hidden"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(&from, fs::Permissions::from_mode(0o750)).unwrap();
    let output = run(COPY, &[&from, &to, &scratch.path("not there"), &to], &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(permissions(&format!("{to}/sub/.hidden")), 0o640);
    assert_eq!(permissions(&to), 0o750);
}
