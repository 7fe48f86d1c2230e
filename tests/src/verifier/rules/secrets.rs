//! Secrets: no value in a template, and references that lead to one.
//!
//! Sources: CloudFormation, `AWS::SecretsManager::Secret`; ECS Developer Guide, "Pass Secrets Manager secrets through
//! Amazon ECS environment variables" (the seven parts of the ARN and the three that may follow).

use super::execution_role::secrets;
use super::{Report, Rule};
use crate::verifier::reading::policy::statements;
use crate::verifier::reading::reference::named;
use crate::verifier::reading::task::tasks;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, is_function, part, shape, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("secret-not-in-template", secret_not_in_template),
    Rule::new("secret-generated", secret_generated),
    Rule::new("secret-reference", secret_reference),
    Rule::new("secret-grant-exact", secret_grant_exact),
];

const SECRET: &str = "AWS::SecretsManager::Secret";

/// The value of a secret of ours is generated or comes from a parameter that is not shown.
fn secret_not_in_template(template: &Template<'_>, report: &mut Report) {
    for secret in template.of(SECRET).filter(|found| found.ours()) {
        let value = part(secret.properties, "SecretString");
        if value.is_null() {
            continue;
        }
        let shown = |id: &&str| {
            let parameter = part(part(template.document, "Parameters"), id);
            !parameter.is_null() && truth(parameter, "NoEcho") != Some(true)
        };
        let literal = value.as_str().is_some_and(|text| !text.starts_with("{{resolve:"));
        if literal {
            report.add(secret.id, "its value stands in the template");
        } else if let Some(parameter) = named(value).iter().find(|id| shown(id)) {
            report.add(secret.id, format!("its value is parameter {parameter}, which everyone is shown"));
        }
    }
}

/// A secret has a value, one only; a generated key has a place to go to.
fn secret_generated(template: &Template<'_>, report: &mut Report) {
    for secret in template.of(SECRET) {
        let generated = part(secret.properties, "GenerateSecretString");
        if generated.is_null() || is_function(generated) {
            continue;
        }
        if !absent(secret.properties, "SecretString") {
            report.add(secret.id, "is both generated and given");
        }
        if absent(generated, "GenerateStringKey") != absent(generated, "SecretStringTemplate") {
            report.add(secret.id, "GenerateStringKey and SecretStringTemplate come together");
        }
    }
}

/// After the ARN of a secret come its key, stage and version, all three or none.
fn secret_reference(template: &Template<'_>, report: &mut Report) {
    let is_secret =
        |id: &str| template.get(id).is_some_and(|found| found.kind == SECRET || found.kind == "Custom::OamEcsSecret");
    for task in tasks(template) {
        for value in task.containers().known.into_iter().flat_map(secrets) {
            let text = shape(value);
            let generated = named(value).into_iter().any(is_secret);
            let after = match text.split_once('}') {
                Some((_, after)) if generated && text.starts_with("${") => Some(after),
                _ => text.split_once(":secret:").map(|(_, name)| name.find(':').map_or("", |end| name.split_at(end).1)),
            };
            let colons = after.map_or(0, |after| after.matches(':').count());
            if after.is_some_and(|after| !after.contains("${")) && colons != 0 && colons != 3 {
                report.add(task.resource.id, format!("{text} is not ARN:key:stage:version"));
            }
        }
    }
}

/// We grant a secret by its ARN, not by a part of its name that others may have.
fn secret_grant_exact(template: &Template<'_>, report: &mut Report) {
    for holder in template.resources().filter(|found| found.ours()) {
        for resource in statements(holder).into_iter().flat_map(|statement| elements(statement, "Resource").known) {
            let text = shape(resource);
            let Some((_, name)) = text.split_once(":secret:") else {
                continue;
            };
            // Secrets Manager adds six characters to a name.
            let exact = !name.trim_end_matches("-??????").contains('*');
            if !exact && !template.author.wrote(&text) {
                report.add(holder.id, format!("grants {text}"));
            }
        }
    }
}
