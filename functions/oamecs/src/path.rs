//! Paths of files, of the author's machine and of containers: text with `/` between its steps, which is compared and put
//! together, and never looked up.

/// A path as it is compared: `./a//b`, `a/./b` and `a\b` are `a/b`. What leads out of the directory (`../a`) does so still.
pub(crate) fn normal(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let is_absolute = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match (step, steps.last()) {
            ("" | ".", _) => {}
            ("..", None) if is_absolute => {}
            ("..", Some(&last)) if last != ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    let steps = steps.join("/");
    match (is_absolute, steps.as_str()) {
        (true, _) => format!("/{steps}"),
        (false, "") => ".".to_owned(),
        (false, _) => steps,
    }
}

/// The path that `path` is as seen from the directory that `directory` is relative to. In the directory `.` it stays as it
/// is written.
pub(crate) fn join(directory: &str, path: &str) -> String {
    let is_rooted = is_outside(&normal(path)) && !normal(path).starts_with("..");
    if directory == "." || is_rooted {
        return path.to_owned();
    }
    let joined = normal(&format!("{directory}/{path}"));
    if joined.starts_with(['/', '~', '.']) { joined } else { format!("./{joined}") }
}

/// The directory that a file is in, as a normal path.
pub(crate) fn directory(path: &str) -> String {
    normal(&format!("{path}/.."))
}

/// Whether a normal path leads out of the directory that it starts in.
pub(crate) fn is_outside(path: &str) -> bool {
    let is_drive = path.split_once(':').is_some_and(|(drive, rest)| drive.len() == 1 && rest.starts_with('/'));
    path == ".." || path.starts_with("../") || path.starts_with(['/', '~']) || is_drive
}

/// Where something is within a directory, both normal paths: its path from there, empty for the directory itself.
pub(crate) fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if path == directory {
        return Some("");
    }
    match directory {
        "." => Some(path).filter(|path| !is_outside(path)),
        "/" => path.strip_prefix('/'),
        directory => path.strip_prefix(directory)?.strip_prefix('/'),
    }
}

/// Whether a normal path is that of a directory, or of something within it.
pub(crate) fn is_within(path: &str, directory: &str) -> bool {
    below(path, directory).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_file_are_one() {
        for (path, expected) in [
            ("./a/b", "a/b"),
            ("a//b", "a/b"),
            ("a/./b/", "a/b"),
            (r".\a\b", "a/b"),
            (r"C:\a", "C:/a"),
            ("../a", "../a"),
            ("../../a", "../../a"),
            ("a/../b", "b"),
            ("a/../../b", "../b"),
            ("/a/../..", "/"),
            ("~/a", "~/a"),
            (".", "."),
            ("", "."),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }

    #[test]
    fn paths_are_seen_from_where_the_document_is() {
        for (directory, path, expected) in [
            (".", "./a", "./a"),
            ("sub", "./a", "./sub/a"),
            ("sub", "../a", "./a"),
            ("../sub", "a", "../sub/a"),
            ("sub", "../../a", "../a"),
            ("sub", "/a", "/a"),
            ("sub", "~/a", "~/a"),
            ("/srv", "a", "/srv/a"),
        ] {
            assert_eq!(join(directory, path), expected, "{directory} {path}");
        }
        assert_eq!(super::directory("./sub/compose.yaml"), "sub");
        assert_eq!(super::directory("compose.yaml"), ".");
        assert_eq!(super::directory("../compose.yaml"), "..");
    }

    #[test]
    fn what_is_within_a_directory_has_a_path_from_there() {
        for (path, directory, expected) in [
            ("/a/b", "/a", Some("b")),
            ("/a", "/a", Some("")),
            ("/ab", "/a", None),
            ("/a", "/", Some("a")),
            ("a", ".", Some("a")),
            ("../a", ".", None),
        ] {
            assert_eq!(below(path, directory), expected, "{path} {directory}");
            assert_eq!(is_within(path, directory), expected.is_some(), "{path} {directory}");
        }
    }
}
