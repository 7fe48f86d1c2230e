//! Secrets: made in AWS Secrets Manager, or found there or in the Parameter Store; how containers name them, and the permission to
//! read them.
//!
//! In: the secrets of an application. Out: [`Secrets`]. A name is turned into the exact ARN, and into the key that encrypts
//! the value, when the stack is made: a wrong one fails the stack in seconds, and roles name what they may read exactly.

mod address;

use std::collections::{BTreeMap, BTreeSet};

use super::custom_resource;
use super::permissions::Grant;
use super::preparation::part;
use super::role::Role;
use super::scope::Scope;
use super::tags;
use crate::cloudformation::resource::ecs::RepositoryCredentials;
use crate::cloudformation::resource::iam::{ConditionValue, Statement};
use crate::cloudformation::resource::secretsmanager::{GenerateSecretString, Secret as Made};
use crate::cloudformation::resource::{custom, ecs};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, Keep, LogicalId};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::{Deferred, Expr, Piece, concatenate};
use crate::gather::Gather;
use crate::installation::Installation;
use crate::program::secret::{Content, Part, Secret, Source};
use crate::program::{Application, Container, Workload};

use address::Address;

/// Seconds in which a secret is found by its name.
const LOOKUP_TIMEOUT: u32 = 60;

/// What a random value can have besides letters and digits.
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// The secrets of an application, by name; without those that errors were reported for.
#[derive(Default)]
pub(super) struct Secrets(BTreeMap<String, Known>);

/// A secret whose ARN is known, if only when the stack is made.
struct Known {
    /// Its ARN, with nothing that selects a part of it.
    arn: Expr<String>,
    /// The same with what selects a part, where the author wrote it so: `:key::`.
    selected: Expr<String>,
    kept: Kept,
    /// The ARN of the key that encrypts it, where that takes a permission.
    key: Option<Text>,
    /// Whether it is made here and outlives the stack.
    outlives: bool,
}

/// Where a value is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    SecretsManager,
    ParameterStore,
    /// A function says it when the stack is made.
    Either,
}

/// Lowers the secrets of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    installation: &Installation,
    attributes: &mut Attributes,
) -> Secrets {
    let used = used_keys(application);
    let mut secrets = Secrets::default();
    for (name, secret) in &application.secrets {
        let tags = tags::fit(&secret.tags, secret.origin, scope.diagnostics);
        let mut scope = scope.tagged(&tags);
        let none = BTreeSet::new();
        let keys = used.get(name.as_str()).unwrap_or(&none);
        let Some(known) = lower_secret(&mut scope, name, secret, keys, installation) else { continue };
        // Others have no name but their ARN.
        if name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character)) {
            attributes.insert(format!("Secrets.{name}.Arn"), Text::from(&known.arn));
        }
        secrets.0.insert(name.clone(), known);
    }
    secrets
}

/// The keys of each secret that containers get.
fn used_keys(application: &Application) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for container in application.workloads.values().flat_map(Workload::containers) {
        let of_files = container.files.iter().filter_map(|file| match &file.content {
            Content::Secret(part) => Some(part),
            Content::Text(_) | Content::Keys(_) => None,
        });
        let of_log = container.log.iter().flat_map(|log| log.secrets.values());
        for part in container.secrets.values().chain(of_log).map(|part| &part.value).chain(of_files) {
            keys.entry(&part.secret).or_default().extend(part.key.as_deref());
        }
    }
    keys
}

fn lower_secret(
    scope: &mut Scope<'_>,
    name: &str,
    secret: &Secret,
    keys: &BTreeSet<&str>,
    installation: &Installation,
) -> Option<Known> {
    let Secret { origin, source, encryption_key, tags: _ } = secret;
    if let Some(key) = encryption_key {
        check_key(key, scope.diagnostics);
    }
    let key = encryption_key.as_ref().map(|key| Text::from(&key.value));
    let (given, is_parameter) = match source {
        Source::Generated { length, excluded } => {
            let made = Made {
                generate_secret_string: Some(random(*length, excluded)),
                kms_key_id: key.clone(),
                ..Made::default()
            };
            let id = scope.add_for(name, Role::Secret, *origin, &made).kept(Keep::Data).id();
            return Some(Known::made(&id, key));
        }
        Source::Value(value) => {
            let made = Made { secret_string: Some((&value.value).into()), kms_key_id: key.clone(), ..Made::default() };
            let id = scope.add_for(name, Role::Secret, *origin, &made).kept(Keep::Data).id();
            return Some(Known::made(&id, key));
        }
        Source::Given(given) => (given, false),
        Source::Parameter(given) => (given, true),
    };
    let address = if is_parameter { Address::of_parameter(&given.value) } else { Address::of_secret(&given.value) };
    let found = |arn: Expr<String>, kept, key| Known { selected: arn.clone(), arn, kept, key, outlives: false };
    Some(match address {
        Ok(Address::Exact { arn, selected }) => Known { selected, ..found(arn, Kept::SecretsManager, key) },
        Ok(Address::Parameter(arn)) => found(arn, Kept::ParameterStore, key),
        Ok(Address::Unknown(arn)) => found(arn, Kept::Either, key),
        Ok(Address::Named { name: sought, selector }) => {
            let properties =
                custom::Secret { name: Text::from(&sought), keys: keys.iter().map(|key| (*key).to_owned()).collect() };
            let properties = custom_resource::served(installation, LOOKUP_TIMEOUT, properties);
            let id = scope.add_for(name, Role::SecretLookup, *origin, &properties).id();
            let key = Function::GetAtt(id.clone(), custom::Secret::KMS_KEY_ARN).into();
            if let Some(spare) = encryption_key {
                scope.diagnostics.note(spare.origin, "the key has no effect here: it is looked up with the secret");
            }
            let arn = attribute(&id, custom::Secret::ARN);
            Known { selected: with(&arn, &selector), ..found(arn, Kept::SecretsManager, Some(key)) }
        }
        Err(fault) => {
            scope.diagnostics.error(given.origin, fault.message).fix(fault.fix);
            return None;
        }
    })
}

/// A value of this length; what it must not have is left out of letters, digits and punctuation.
fn random(length: u32, excluded: &str) -> GenerateSecretString {
    let excludes_punctuation = PUNCTUATION.chars().all(|character| excluded.contains(character));
    let is_left = |character: &char| !excludes_punctuation || !PUNCTUATION.contains(*character);
    let rest: String = excluded.chars().filter(is_left).collect();
    GenerateSecretString {
        password_length: Some(length),
        exclude_characters: Some(rest).filter(|rest| !rest.is_empty()).map(Text::from),
        exclude_punctuation: excludes_punctuation.then_some(true),
        ..GenerateSecretString::default()
    }
}

fn check_key(key: &Located<Expr<String>>, diagnostics: &mut Diagnostics) {
    let is_fit = |key: &String| key.starts_with("arn:") && key.contains(":key/");
    if key.value.known().is_some_and(|key| !is_fit(key)) {
        diagnostics
            .error(key.origin, "this must be the ARN of a key, as roles name it exactly")
            .fix("write `arn:<partition>:kms:…:key/…`, or a function that gives it, such as `!GetAtt Key.Arn`");
    }
}

impl Known {
    fn made(id: &LogicalId, key: Option<Text>) -> Self {
        let arn = Expr::Deferred(Deferred::function(serde_json::json!({ "Ref": id })));
        Self { selected: arn.clone(), arn, kept: Kept::SecretsManager, key, outlives: true }
    }
}

fn attribute(id: &LogicalId, attribute: &str) -> Expr<String> {
    Expr::Deferred(Deferred::function(serde_json::json!({ "Fn::GetAtt": [id, attribute] })))
}

impl Secrets {
    /// How a container definition names a secret, or a part of one.
    pub(super) fn value_from(&self, part: &Part) -> Option<Text> {
        let known = self.0.get(&part.secret)?;
        Some(match &part.key {
            Some(key) => Text::from(&with(&known.arn, &format!(":{key}::"))),
            None => Text::from(&known.selected),
        })
    }

    /// The environment variables of a container whose values are secret.
    pub(super) fn variables(&self, container: &Container) -> Vec<ecs::Secret> {
        let variable = |(name, part): (&String, &Located<Part>)| {
            Some(ecs::Secret { name: name.clone(), value_from: self.value_from(&part.value)? })
        };
        container.secrets.iter().filter_map(variable).collect()
    }

    /// The credentials of a container's registry.
    pub(super) fn credentials(&self, container: &Container) -> Option<RepositoryCredentials> {
        let known = self.0.get(&container.credentials.as_ref()?.value)?;
        Some(RepositoryCredentials { credentials_parameter: Text::from(&known.arn) })
    }

    /// The secrets that are made here and outlive the stack, by name, with their ARNs.
    pub(super) fn outliving(&self) -> impl Iterator<Item = (&str, Text)> {
        let outliving = self.0.iter().filter(|(_, known)| known.outlives);
        outliving.map(|(name, known)| (name.as_str(), Text::from(&known.arn)))
    }

    /// Reports keys of what has none.
    pub(super) fn check(&self, container: &Container, diagnostics: &mut Diagnostics) {
        let of_files = container.files.iter().filter_map(|file| Some((file.origin, part(&file.content)?)));
        let of_log = container.log.iter().flat_map(|log| log.secrets.values());
        let of_variables = container.secrets.values().chain(of_log).map(|part| (part.origin, part.value.clone()));
        for (origin, part) in of_files.chain(of_variables) {
            if let (Some(known), Some(key)) = (self.0.get(&part.secret), &part.key) {
                known.check_selection(key, origin, diagnostics);
            }
        }
    }

    /// What the execution role of a workload may read.
    pub(super) fn grant(&self, workload: &Workload) -> Option<Grant> {
        let names: BTreeSet<String> = workload.containers().flat_map(names).gather();
        let used: Vec<&Known> = names.iter().filter_map(|name| self.0.get(name)).collect();
        let arns = |kept: Kept| {
            distinct(
                used.iter()
                    .filter(|known| known.kept == kept || known.kept == Kept::Either)
                    .map(|known| Text::from(&known.arn)),
            )
        };
        let mut statements = Vec::new();
        for (action, kept) in
            [("secretsmanager:GetSecretValue", Kept::SecretsManager), ("ssm:GetParameters", Kept::ParameterStore)]
        {
            let resource = arns(kept);
            if !resource.is_empty() {
                statements.push(Statement { action: vec![action.into()], resource, ..Statement::default() });
            }
        }
        let keys = distinct(used.iter().filter_map(|known| known.key.clone()));
        if !keys.is_empty() {
            let services = ConditionValue::Many(vec!["secretsmanager.*".into(), "ssm.*".into()]);
            let condition = BTreeMap::from([("StringLike", BTreeMap::from([("kms:ViaService", services)]))]);
            statements.push(Statement {
                action: vec!["kms:Decrypt".into()],
                resource: keys,
                condition,
                ..Statement::default()
            });
        }
        (!statements.is_empty()).then(|| Grant::new("secrets".to_owned(), statements))
    }
}

impl Known {
    fn check_selection(&self, key: &str, origin: Origin, diagnostics: &mut Diagnostics) {
        if self.kept == Kept::ParameterStore {
            diagnostics
                .error(origin, format!("a parameter has no keys, so that ECS cannot take `{key}` out of it"))
                .fix("keep the value in Secrets Manager, as a JSON object");
        } else if self.selected != self.arn {
            diagnostics
                .error(origin, format!("the ARN of the secret names a part of it already, so that `{key}` is none"))
                .fix("write the ARN without what follows the secret's name");
        }
    }
}

/// The names of the secrets that a container gets.
fn names(container: &Container) -> impl Iterator<Item = String> {
    let of_files = container.files.iter().filter_map(|file| part(&file.content)).map(|part| part.secret);
    let of_log = container.log.iter().flat_map(|log| log.secrets.values());
    let of_variables = container.secrets.values().chain(of_log).map(|part| part.value.secret.clone());
    of_files.chain(of_variables).chain(container.credentials.iter().map(|secret| secret.value.clone()))
}

fn distinct(texts: impl Iterator<Item = Text>) -> Vec<Text> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

/// An expression with text after it.
fn with(expression: &Expr<String>, end: &str) -> Expr<String> {
    let pieces = match expression {
        Expr::Known(text) => vec![Piece::Literal(text.clone())],
        Expr::Deferred(deferred) => deferred.pieces().to_vec(),
    };
    concatenate(pieces.into_iter().chain([Piece::Literal(end.to_owned())]))
}
