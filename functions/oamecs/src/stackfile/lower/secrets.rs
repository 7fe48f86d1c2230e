//! Values that nobody may read in a template: those that `Secrets` beside the document gives, and parameters that are not echoed.

use std::collections::BTreeMap;

use super::super::model::Value;
use super::Lowering;
use crate::diagnostic::Located;
use crate::document::suggestion;
use crate::expression::Expr;
use crate::options::log_driver;
use crate::program::secret::{Part, Source};
use crate::program::{Secret, Tags};
use crate::settings::SecretSource;

/// How many characters a value has that is made up.
const LENGTH: u32 = 32;

/// What it does not have: characters that mean something to a shell, in a URL or in a connection string.
const EXCLUDED: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Ends of names of variables that hold what nobody is to read, besides those of options of log drivers.
const CONFIDENTIAL: [&str; 5] = ["_pass", "_pwd", "_secret", "secret_access_key", "secret_key"];

type Texts = BTreeMap<String, Located<Expr<String>>>;
type Parts = BTreeMap<String, Located<Part>>;

impl Lowering<'_> {
    /// The variables of a service: those that anybody may see, and the others.
    pub(super) fn environment(
        &mut self,
        service: &str,
        environment: BTreeMap<String, Located<Value>>,
    ) -> (Texts, Parts) {
        let (mut texts, mut parts) = (Texts::new(), Parts::new());
        let own: Vec<String> = self.settings.secrets.by_name.keys().cloned().collect();
        for key in own.iter().filter_map(|key| key.strip_prefix(service)?.strip_prefix('.')) {
            // A secret needs no place in the document.
            if !environment.contains_key(key)
                && let Some(part) = self.given(service, key)
            {
                parts.insert(key.to_owned(), part);
            }
        }
        for (name, Located { origin, value }) in environment {
            if let Some(part) = self.given(service, &name) {
                parts.insert(name, part);
                continue;
            }
            match value {
                Value::Text(text) => {
                    self.note_confidential(&name, &Located::new(origin, &text));
                    texts.insert(name, Located::new(origin, text));
                }
                Value::Hidden(value) => {
                    let secret = format!("{service}:{name}");
                    self.insert(&secret, Located::new(origin, Source::Value(Located::new(origin, value))));
                    parts.insert(name, Located::new(origin, Part { secret, key: None }));
                }
            }
        }
        (texts, parts)
    }

    /// What `Secrets` gives for a name: for this service, or for all.
    pub(super) fn given(&mut self, service: &str, name: &str) -> Option<Located<Part>> {
        let by_name = &self.settings.secrets.by_name;
        let own = format!("{service}.{name}");
        let (key, given) = by_name.get_key_value(&own).or_else(|| by_name.get_key_value(name))?;
        self.used.insert(key.clone());
        let Located { origin, value } = given.clone();
        let (secret, key, source) = match value {
            SecretSource::Generated => {
                (key.clone(), None, Source::Generated { length: LENGTH, excluded: EXCLUDED.to_owned() })
            }
            SecretSource::Given(given) => {
                let (given, part) = split(given);
                let secret = given.known().cloned().unwrap_or_else(|| key.clone());
                (secret, part, Source::Given(Located::new(origin, given)))
            }
        };
        self.insert(&secret, Located::new(origin, source));
        Some(Located::new(origin, Part { secret, key }))
    }

    fn insert(&mut self, name: &str, source: Located<Source>) {
        let Located { origin, value: source } = source;
        let secret = || Secret { origin, source, encryption_key: None, tags: Tags::new() };
        self.secrets.entry(name.to_owned()).or_insert_with(secret);
    }

    /// Notes a value that looks like a password, where anybody reads it who sees the template.
    fn note_confidential(&mut self, name: &str, text: &Located<&Expr<String>>) {
        let lower = name.to_ascii_lowercase();
        let is_confidential = log_driver::is_confidential(name)
            || CONFIDENTIAL.iter().any(|end| lower.ends_with(end) || lower == end.trim_start_matches('_'));
        let is_plain = text.value.known().is_some_and(|text| !text.is_empty() && !text.contains("{{resolve:"));
        if is_confidential && is_plain {
            self.diagnostics
                .note(
                    text.origin,
                    format!("`{name}` is read by everybody who may see the template or the task definition"),
                )
                .fix(format!(
                    "write `Secrets: {{ {name}: … }}` beside `Document`, with the name or the ARN of a secret"
                ));
        }
    }

    /// Notes entries of `Secrets` that nothing asked for.
    pub(super) fn report_unused_secrets(&mut self) {
        let secrets = &self.settings.secrets;
        if secrets.generates {
            self.diagnostics
                .error(self.settings.origin, "`Secrets: generate` says not which variables of the services are secret")
                .fix("write `Secrets: { DB_PASSWORD: generate }`");
        }
        let used: Vec<&str> = self.used.iter().map(String::as_str).collect();
        for (name, given) in secrets.by_name.iter().filter(|(name, _)| !self.used.contains(*name)) {
            let entry = self.diagnostics.note(
                given.origin,
                format!("no service has a variable, or an option of its log driver, of the name `{name}`"),
            );
            if let Some(near) = suggestion(name, used.iter().copied()) {
                entry.fix(format!("did you mean `{near}`?"));
            }
        }
    }
}

/// A secret, and the key of it that is meant: `prod/db:password`.
fn split(given: Expr<String>) -> (Expr<String>, Option<String>) {
    match &given {
        Expr::Known(text) if !text.starts_with("arn:") && !text.contains("{{resolve:") => match text.split_once(':') {
            Some((name, key)) if !name.is_empty() && !key.is_empty() => (Expr::from(name), Some(key.to_owned())),
            _ => (given, None),
        },
        _ => (given, None),
    }
}
