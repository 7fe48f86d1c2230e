//! References to images: `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`.
//!
//! Only what no registry could have is found: whether there is such an image shows when a task starts, minutes after a
//! deployment began.

/// What is wrong with a reference, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Fault {
    pub(in super::super) message: String,
    pub(in super::super) fix: String,
}

const EXAMPLE: &str = "write its name, for example `nginx:1.27` or `<account>.dkr.ecr.<region>.amazonaws.com/web:1`";

/// Why `reference` cannot be one.
pub(in super::super) fn fault(reference: &str) -> Option<Fault> {
    // Looked up when the stack is made.
    if reference.contains("{{resolve:") {
        return None;
    }
    let fault = |why: &str, fix: String| Some(Fault { message: format!("`{reference}` is not an image{why}"), fix });
    if let Some((_, rest)) = reference.split_once("://") {
        return fault(": it is the address of a web page", format!("write `{rest}`"));
    }
    let (name, digest) = reference.split_once('@').unwrap_or((reference, "sha256:0"));
    let colon = name.rfind(':').filter(|colon| name.rfind('/').is_none_or(|slash| slash < *colon));
    let (name, tag) = match colon.and_then(|colon| name.split_at_checked(colon)) {
        Some((name, tag)) => (name, tag.strip_prefix(':')),
        None => (name, None),
    };
    if tag == Some("") {
        return fault(": no tag follows the colon", format!("write `{name}`, or a tag after the colon"));
    }
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    if registry.is_some_and(|registry| registry.starts_with("localhost") || registry.starts_with("127.")) {
        let message = format!("`{reference}` is an image on your own machine, which ECS cannot reach");
        return Some(Fault {
            message,
            fix: "push it to a registry such as Amazon ECR, and write its address there".to_owned(),
        });
    }
    let is_tag = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    let is_repository = |character: char| is_tag(character) || character == '/';
    let is_registry = |character: char| character.is_ascii_alphanumeric() || ".:-".contains(character);
    let is_plausible = repository.split('/').all(|part| !part.is_empty())
        && repository.chars().all(is_repository)
        && tag.is_none_or(|tag| tag.len() <= 128 && tag.chars().all(is_tag))
        && registry.is_none_or(|registry| registry.chars().all(is_registry))
        && digest.split_once(':').is_some_and(|(_, digits)| digits.chars().all(|digit| digit.is_ascii_hexdigit()));
    if !is_plausible {
        return fault("", EXAMPLE.to_owned());
    }
    if repository.contains(|character: char| character.is_ascii_uppercase()) {
        let rest = reference.strip_prefix(name).unwrap_or_default();
        let registry = registry.map(|registry| format!("{registry}/")).unwrap_or_default();
        return fault(
            ": names are in lower case",
            format!("write `{registry}{}{rest}`", repository.to_ascii_lowercase()),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_registries_have() {
        for reference in [
            "nginx",
            "nginx:1.27",
            "library/nginx:Latest_1",
            "public.ecr.aws/nginx/nginx:1.27",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web__x:1",
            "registry:5000/a/b",
            "ghcr.io/a/b@sha256:0123456789abcdef",
            "nginx:1@sha256:00",
            "Registry.example.com/web",
            "{{resolve:ssm:/shop/Image}}",
        ] {
            assert_eq!(fault(reference), None, "{reference}");
        }
    }

    #[test]
    fn tells_what_no_registry_has() {
        for (reference, message, fix) in [
            ("Nginx:1.27", "`Nginx:1.27` is not an image: names are in lower case", "write `nginx:1.27`"),
            ("ghcr.io/Me/web", "`ghcr.io/Me/web` is not an image: names are in lower case", "write `ghcr.io/me/web`"),
            ("nginx:", "`nginx:` is not an image: no tag follows the colon", "write `nginx`, or a tag after the colon"),
            (
                "https://ghcr.io/a",
                "`https://ghcr.io/a` is not an image: it is the address of a web page",
                "write `ghcr.io/a`",
            ),
            ("nginx 1.27", "`nginx 1.27` is not an image", EXAMPLE),
            ("", "`` is not an image", EXAMPLE),
            ("nginx:${TAG}", "`nginx:${TAG}` is not an image", EXAMPLE),
            ("<account>.dkr/x", "`<account>.dkr/x` is not an image", EXAMPLE),
            ("/web", "`/web` is not an image", EXAMPLE),
        ] {
            let fault = fault(reference).unwrap();
            assert_eq!((fault.message.as_str(), fault.fix.as_str()), (message, fix));
        }
        assert!(fault("localhost:5000/web").is_some_and(|fault| fault.message.contains("your own machine")));
    }
}
