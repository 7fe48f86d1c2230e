//! Names of images, as task definitions have them: `[host[:port]/]path[:tag][@digest]`.
//!
//! In: a name, and the tag or the digest that it gets. Out: the same image with that, and nothing of what it had.

/// The most characters of a tag.
const LONGEST_TAG: usize = 128;

/// A name, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// The registry and the path in it, as they stand.
    pub name: &'a str,
    /// What follows the last colon after the last slash.
    pub tag: Option<&'a str>,
    /// What follows the `@`: `sha256:…`.
    pub digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Takes a name apart. Every text is one: what a registry takes is its own affair.
    pub fn of(text: &'a str) -> Self {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        let colon = rest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
        let (name, tag) = colon.map_or((rest, None), |(name, tag)| (name, Some(tag)));
        Self { name, tag, digest }
    }
}

/// The image with a tag, or with a digest (`sha256:…`, also after an `@`).
///
/// # Errors
/// What is wrong with the name or with the tag.
pub fn retagged(image: &str, tag: &str) -> Result<String, String> {
    let Image { name, tag: _, digest: _ } = Image::of(image);
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(format!("`{image}` is no image"));
    }
    if let Some(digest) = digest(tag) {
        return digest.map(|digest| format!("{name}@{digest}"));
    }
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_tag = tag.len() <= LONGEST_TAG
        && tag.starts_with(is_word)
        && tag.chars().all(|character| is_word(character) || ".-".contains(character));
    if is_tag {
        Ok(format!("{name}:{tag}"))
    } else {
        Err(format!(
            "`{tag}` is no tag of an image: a tag is up to {LONGEST_TAG} letters, digits, `_`, `.` and `-`, and a digest \
             `sha256:` with 64 hexadecimal digits"
        ))
    }
}

/// The digest that a text is, or what is wrong with it; `None` for what is meant for a tag.
fn digest(text: &str) -> Option<Result<&str, String>> {
    let marked = text.strip_prefix('@');
    let digest = marked.unwrap_or(text);
    let hexadecimal = match digest.split_once(':') {
        Some(("sha256", digits)) => digits.len() == 64 && is_hexadecimal(digits),
        Some(("sha512", digits)) => digits.len() == 128 && is_hexadecimal(digits),
        None if marked.is_none() => return None,
        Some(_) | None => false,
    };
    Some(if hexadecimal {
        Ok(digest)
    } else {
        Err(format!("`{text}` is no digest of an image: it is `sha256:` with 64 hexadecimal digits in lower case"))
    })
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd";

    /// TK-05: what ECS Toolkit made of these by replacing text was wrong in nine cases.
    #[test]
    fn a_tag_is_replaced_where_it_is() {
        for (image, expected) in [
            ("nginx", "nginx:NEW"),
            ("host:8080/a/b", "host:8080/a/b:NEW"),
            ("latest-app/web", "latest-app/web:NEW"),
            (
                "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
                "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:NEW",
            ),
            ("repo/app-v1:v1", "repo/app-v1:NEW"),
            ("localhost:5000/app:5000", "localhost:5000/app:NEW"),
            (&format!("repo/app@{DIGEST}"), "repo/app:NEW"),
            (&format!("repo/app:v1@{DIGEST}"), "repo/app:NEW"),
            ("Repo/App:v1", "Repo/App:NEW"),
            ("public.ecr.aws/x/y:z", "public.ecr.aws/x/y:NEW"),
            // And others.
            ("nginx:1.27-alpine", "nginx:NEW"),
            ("[::1]:5000/app", "[::1]:5000/app:NEW"),
            ("ghcr.io/a/b/c/d:sha-1", "ghcr.io/a/b/c/d:NEW"),
            ("host:8080/a", "host:8080/a:NEW"),
            ("app:", "app:NEW"),
            ("v1:v1", "v1:NEW"),
        ] {
            assert_eq!(retagged(image, "NEW").as_deref(), Ok(expected), "{image}");
        }
    }

    /// TK-06.
    #[test]
    fn a_digest_takes_the_place_of_a_tag() {
        for image in ["repo/app", "repo/app:v1", "repo/app@sha256:0", "repo/app:v1@sha256:0"] {
            for given in [DIGEST.to_owned(), format!("@{DIGEST}")] {
                assert_eq!(retagged(image, &given), Ok(format!("repo/app@{DIGEST}")), "{image} {given}");
            }
        }
        let long = format!("sha512:{}", "0".repeat(128));
        assert_eq!(retagged("a:1", &long), Ok(format!("a@{long}")));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for tag in ["", " ", "a b", "-a", ".a", "a:b", ":v1", "sha256:12", "@v1", "@", "ä", "a/b", &"a".repeat(129)] {
            assert!(retagged("nginx", tag).unwrap_err().contains(&format!("`{tag}` is no ")), "{tag}");
        }
        assert!(retagged("nginx", "@sha256:12").unwrap_err().contains("is no digest"));
        for image in ["", ":v1", "@sha256:0", "my app:1"] {
            assert_eq!(retagged(image, "v1"), Err(format!("`{image}` is no image")));
        }
        assert_eq!(retagged("nginx", &"a".repeat(128)).map(|image| image.len()), Ok(134));
    }
}
